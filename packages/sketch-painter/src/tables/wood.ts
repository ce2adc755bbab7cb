import type { Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import { oval, type Point, placed } from '../outline.ts';
import { linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { SHEET, SIDE, type Table, turned } from './table.ts';

/** Grain that runs to the right and bends round the knots. */
export function woodGrain(
  random: Random,
  box: { x: number; y: number; width: number; height: number },
  colour: Colour,
  knot?: Point,
): Svg {
  const lines = Math.round(box.height / 8);
  const phase = random.angle();
  const lineAt = (index: number) => {
    const y = box.y + ((index + 0.5) / lines) * box.height;
    const points = Array.from({ length: 11 }, (_, step) => {
      const x = box.x + (step / 10) * box.width;
      const wave = 3 * Math.sin(x / 130 + phase + index * 0.22) + random.between(-1, 1);
      return { x, y: y + wave + bulge(x, y, knot) };
    });
    const paint = index % 3 === 0 ? lit(colour, 0.3) : shaded(colour, 0.36);
    return stroke(linePath(points), paint, random.between(0.8, 3), random.between(0.14, 0.4));
  };
  return Array.from({ length: lines }, (_, index) => lineAt(index)).join('');
}

function bulge(x: number, y: number, knot?: Point): number {
  if (!knot) return 0;
  const distance = ((x - knot.x) / 75) ** 2;
  const side = y < knot.y ? -1 : 1;
  return (side * 22 * Math.exp(-distance)) / (1 + Math.abs(y - knot.y) / 34);
}

function knotAt(point: Point, colour: Colour): Svg {
  const eye = (size: number, paint: Colour, opacity: number) =>
    fill(softPath(placed(oval(0.6), { ...point, size, angle: 0.1 })), paint, opacity);
  return (
    eye(24, shaded(colour, 0.4), 0.5) +
    eye(16, shaded(colour, 0.65), 0.7) +
    eye(8, shaded(colour, 0.85), 0.8)
  );
}

export const planks: Table = (brush, random) => {
  const { wood, shadow } = brush.palette;
  const base = random.chance(0.6) ? wood : mix(wood, '#e6cda2', 0.55);
  const height = random.pick([118, 150, 196]);
  const boards: Svg[] = [];
  for (let y = SHEET.y; y < SHEET.y + SHEET.height; y += height) {
    const tone = random.chance(0.5)
      ? lit(base, random.between(0, 0.14))
      : shaded(base, random.between(0, 0.2));
    const box = { x: SHEET.x, y, width: SHEET.width, height };
    const knot = random.chance(0.6)
      ? { x: random.between(60, SIDE - 60), y: y + height * random.between(0.3, 0.7) }
      : undefined;
    const rect = (top: number, tall: number, paint: string, opacity: number) =>
      `<rect x="${box.x}" y="${y + top}" width="${box.width}" height="${tall}" fill="${paint}" fill-opacity="${opacity}"/>`;
    boards.push(
      rect(0, height, tone, 1),
      woodGrain(random, box, tone, knot),
      knot ? knotAt(knot, tone) : '',
      rect(3, 3, lit(tone, 0.7), 0.4),
      rect(height - 9, 9, shadow, 0.14),
      rect(height - 4, 5, shadow, 0.75),
    );
  }
  return turned(boards.join(''), random.pick([0, 90]) + random.between(-9, 9));
};

/** Thin strips side by side, with staggered ends. */
export const parquet: Table = (brush, random) => {
  const { wood, shadow } = brush.palette;
  const base = mix(wood, '#e2c392', random.pick([0.2, 0.55]));
  const strip = (x: number, y: number, width: number, height: number) => {
    const tone = random.chance(0.5)
      ? lit(base, random.between(0, 0.2))
      : shaded(base, random.between(0, 0.2));
    const streaks = Array.from({ length: 7 }, () => {
      const drift = random.between(-4, 4);
      const top = y + random.between(0.08, 0.92) * height;
      const points = [0, 0.35, 0.7, 1].map((share, index) => ({
        x: x + 3 + share * (width - 6),
        y: top + (index % 2) * drift,
      }));
      return stroke(linePath(points), shaded(tone, 0.4), random.between(0.8, 2.4), 0.24);
    });
    const rect = `x="${x}" y="${y}" width="${width}" height="${height}"`;
    const edge = `M${x + 2} ${y + height - 3}V${y + 2}H${x + width - 3}`;
    return `<rect ${rect} fill="${tone}" stroke="${shadow}" stroke-opacity=".55" stroke-width="2.4"/>${streaks.join('')}${stroke(edge, lit(tone, 0.6), 2, 0.35)}`;
  };
  const strips: Svg[] = [];
  const height = 58;
  for (let y = SHEET.y; y < SHEET.y + SHEET.height; y += height) {
    let x = SHEET.x - random.whole(0, 300);
    while (x < SHEET.x + SHEET.width) {
      const width = random.whole(240, 420);
      strips.push(strip(x, y, width, height));
      x += width;
    }
  }
  return turned(strips.join(''), random.pick([45, -45, 90]) + random.between(-5, 5));
};
