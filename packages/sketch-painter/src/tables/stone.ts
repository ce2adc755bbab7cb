import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import { blob, jittered, oval, placed } from '../outline.ts';
import { cornerPath, linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { SIDE, sheet, type Table } from './table.ts';

/** Large soft areas in another tone. */
function clouds(brush: Brush, random: Random, tones: readonly Colour[], count: number): Svg {
  return Array.from({ length: count }, () => {
    const at = { x: random.between(0, SIDE), y: random.between(0, SIDE) };
    const area = { ...at, radius: random.between(120, 330) };
    const colour = random.pick(tones);
    const paint = brush.glow(area, [
      { at: 0, colour, opacity: 0.5 },
      { at: 1, colour, opacity: 0 },
    ]);
    return fill(softPath(placed(oval(), { ...at, size: area.radius, angle: 0 })), paint);
  }).join('');
}

/** Slate: layers that break off along ragged lines. */
export const slate: Table = (brush, random) => {
  const { stone } = brush.palette;
  const layers = Array.from({ length: 9 }, () => {
    const size = random.between(160, 420);
    const spot = {
      x: random.between(0, SIDE),
      y: random.between(0, SIDE),
      size,
      angle: random.between(-0.4, 0.4),
    };
    const outline = placed(jittered(blob(random, 0.25, 0.5, 16), random, 0.05), spot);
    const path = cornerPath(outline, 0.2);
    return [
      fill(path, lit(stone, random.between(0.02, 0.08)), 0.5),
      stroke(path, shaded(stone, 0.5), 2.5, 0.45),
      stroke(path, lit(stone, 0.5), 1.6, 0.32, 'translate(-1.5 -2)'),
    ].join('');
  });
  const scratches = Array.from({ length: 46 }, () => {
    const [x, y] = [random.between(0, SIDE), random.between(0, SIDE)];
    const [dx, dy] = [random.between(-90, 90), random.between(-40, 40)];
    return linePath([
      { x, y },
      { x: x + dx / 2, y: y + dy / 2 + random.between(-8, 8) },
      { x: x + dx, y: y + dy },
    ]);
  });
  return [
    sheet(stone),
    clouds(
      brush,
      random,
      [lit(stone, 0.22), shaded(stone, 0.4), mix(stone, brush.palette.pattern, 0.25)],
      14,
    ),
    layers.join(''),
    stroke(scratches.join(''), lit(stone, 0.6), 1.1, 0.22),
  ].join('');
};

/** Terrazzo: chips of many stones, ground flat. */
export const terrazzo: Table = (brush, random) => {
  const { ground, groundAlt, pattern, glaze, glazeAlt, cloth, stone } = brush.palette;
  const base = lit(ground, random.pick([0.1, 0.5]));
  const tones = random.sample(
    [groundAlt, pattern, glaze, glazeAlt, cloth, stone, shaded(ground, 0.25)],
    5,
  );
  const step = random.pick([52, 64, 78]);
  const chips: Svg[] = [];
  for (let row = -1; row * step < SIDE + step; row++) {
    for (let column = -1; column * step < SIDE + step; column++) {
      const chipCount = random.whole(1, 3);
      for (let index = 0; index < chipCount; index++) {
        const spot = {
          x: (column + random.next()) * step,
          y: (row + random.next()) * step,
          size: step * random.pick([0.07, 0.1, 0.16, 0.26, 0.36]),
          angle: random.angle(),
        };
        const colour = mix(random.pick(tones), base, random.between(0.1, 0.45));
        const chip = placed(
          jittered(blob(random, 0.3, 0.75, random.whole(5, 7)), random, 0.1),
          spot,
        );
        chips.push(fill(cornerPath(chip, 0.1), colour));
      }
    }
  }
  return (
    sheet(base) + clouds(brush, random, [lit(base, 0.5), shaded(base, 0.12)], 8) + chips.join('')
  );
};

/** Marble: pale stone with irregular veins. */
export const marble: Table = (brush, random) => {
  const { ground, stone } = brush.palette;
  const base = mix('#f3ede4', ground, 0.3);
  const slant = random.between(0.3, 1.1);
  const veins = Array.from({ length: 15 }, (_, index) => {
    const start = random.between(-500, SIDE + 300);
    let drift = 0;
    const points = Array.from({ length: 12 }, (_unused, step) => {
      drift += random.between(-34, 34);
      return {
        x: start + step * 120 * Math.cos(slant) + drift,
        y: -80 + step * 120 * Math.sin(slant) - drift * 0.6,
      };
    });
    const path = linePath(points);
    const colour = mix(stone, ground, 0.25);
    const width = index < 4 ? random.between(3, 6) : random.between(1, 2.2);
    return (
      stroke(path, colour, width * 7, 0.07) +
      stroke(path, colour, width * 2.6, 0.14) +
      stroke(path, colour, width, 0.38)
    );
  });
  return (
    sheet(base) + clouds(brush, random, [mix(base, stone, 0.2), '#ffffff'], 14) + veins.join('')
  );
};
