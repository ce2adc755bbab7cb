import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import { lemonSlice, limeSlice, orangeSlice } from '../ingredients/fruit.ts';
import { partOf } from '../ingredients/garnish.ts';
import { served } from '../ingredients/ingredient.ts';
import { mint } from '../ingredients/leaves.ts';
import { type Area, blob, jittered, placed, polar, slab } from '../outline.ts';
import { arcPath, circlePath, cornerPath, hoopPath, linePath } from '../path.ts';
import type { Random } from '../random.ts';
import { strewn } from '../scatter.ts';

/** A tumbler of something cold or of tea, seen from above. */
export function glass(brush: Brush, random: Random, at: Area): Svg {
  const { drink, shadow } = brush.palette;
  const inside = partOf(at, 0.88);
  const light = {
    x: at.x + at.radius * 0.75,
    y: at.y + at.radius * 1.05,
    radius: at.radius * 0.55,
  };
  const cold = random.chance(0.6);
  const ice = strewn(random, partOf(at, 0.5), 4, at.radius * 0.25, 1.2).map((spot) => {
    const path = cornerPath(placed(jittered(slab(0.85, 0.15), random, 0.08), spot), 0.2);
    return fill(path, '#ffffff', 0.3) + stroke(path, '#ffffff', 2, 0.6);
  });
  const slice = {
    ...polar(at, at.radius * 0.25, random.angle()),
    size: at.radius * 0.48,
    angle: random.angle(),
  };
  const leaf = {
    ...polar(at, at.radius * 0.3, random.angle()),
    size: at.radius * 0.34,
    angle: random.angle(),
  };
  return [
    brush.pool(at, 48, 0.42),
    fill(
      circlePath(light, light.radius),
      brush.glow(light, [
        { at: 0, colour: lit(drink, 0.5), opacity: 0.6 },
        { at: 1, colour: drink, opacity: 0 },
      ]),
    ),
    fill(circlePath(at, at.radius), '#ffffff', 0.3),
    fill(
      hoopPath(at, at.radius, inside.radius),
      brush.slope([
        { at: 0, colour: '#ffffff', opacity: 0.85 },
        { at: 0.45, colour: '#ffffff', opacity: 0.2 },
        { at: 0.7, colour: shadow, opacity: 0.25 },
        { at: 1, colour: '#ffffff', opacity: 0.7 },
      ]),
    ),
    fill(
      circlePath(at, inside.radius),
      brush.glow({ x: at.x + 12, y: at.y + 16, radius: inside.radius * 1.1 }, [
        { at: 0, colour: lit(drink, 0.35) },
        { at: 0.7, colour: drink },
        { at: 1, colour: shaded(drink, 0.4) },
      ]),
    ),
    cold ? ice.join('') : '',
    served(brush, random, [slice], random.pick([lemonSlice, limeSlice, orangeSlice])),
    served(brush, random, [leaf, { ...leaf, angle: leaf.angle + 1.3 }], mint),
    stroke(circlePath(at, at.radius * 0.985), '#ffffff', 2.6, 0.75),
    stroke(circlePath(at, at.radius * 0.9), shadow, 1.6, 0.3),
    stroke(arcPath(at, at.radius * 0.94, -2.8, -1.9), '#ffffff', at.radius * 0.06, 0.85),
    stroke(arcPath(at, at.radius * 0.94, 0.5, 1), '#ffffff', at.radius * 0.04, 0.5),
  ].join('');
}

/** A cup with its saucer: tea, or coffee with a leaf poured in milk. */
export function cup(brush: Brush, random: Random, at: Area): Svg {
  const { ceramic, glaze, drink } = brush.palette;
  const body = random.pick([ceramic, ceramic, mix(glaze, ceramic, 0.3)]);
  const rim = { ...partOf(at, 0.66), x: at.x - 5, y: at.y - 7 };
  const turn = random.between(-0.6, 1.4);
  const ear = [-0.26, -0.2, 0, 0.2, 0.26].map((shift, index) =>
    polar(rim, rim.radius * ([0.98, 1.28, 1.4, 1.28, 0.98][index] ?? 1), turn + shift),
  );
  const milk = random.chance(0.55);
  const liquid = milk ? '#a8683c' : drink;
  const fern = [0.55, 0.38, 0.22].map((share) => {
    const heart = placed(
      [
        { x: 0.9, y: 0 },
        { x: -0.2, y: -0.9 },
        { x: -0.6, y: -0.3 },
        { x: -0.4, y: 0 },
        { x: -0.6, y: 0.3 },
        { x: -0.2, y: 0.9 },
      ],
      { ...rim, size: rim.radius * share, angle: turn },
    );
    return stroke(cornerPath(heart, 0.3), '#f4dfbe', rim.radius * 0.09, 0.9);
  });
  return [
    brush.pool(at, 16, 0.5),
    fill(
      circlePath(at, at.radius),
      brush.slope([
        { at: 0, colour: lit(body, 0.6) },
        { at: 0.5, colour: body },
        { at: 1, colour: shaded(body, 0.25) },
      ]),
    ),
    stroke(circlePath(at, at.radius * 0.94), glaze, 4, 0.9),
    stroke(circlePath(at, at.radius * 0.72), shaded(body, 0.4), 5, 0.25),
    brush.pool(rim, 26, 0.5),
    brush.strand(ear, body, 13, 5),
    fill(
      circlePath(rim, rim.radius),
      brush.slope([
        { at: 0, colour: lit(body, 0.8) },
        { at: 1, colour: shaded(body, 0.35) },
      ]),
    ),
    fill(
      circlePath(rim, rim.radius * 0.92),
      brush.slope([
        { at: 0, colour: shaded(body, 0.4) },
        { at: 1, colour: lit(body, 0.5) },
      ]),
    ),
    fill(
      circlePath(rim, rim.radius * 0.85),
      brush.glow({ x: rim.x + 8, y: rim.y + 10, radius: rim.radius }, [
        { at: 0, colour: lit(liquid, 0.25) },
        { at: 0.75, colour: liquid },
        { at: 1, colour: shaded(liquid, 0.5) },
      ]),
    ),
    milk ? fern.join('') : stroke(arcPath(rim, rim.radius * 0.7, -2.7, -1.9), '#ffffff', 5, 0.5),
    stroke(arcPath(rim, rim.radius * 0.96, -2.9, -1.9), '#ffffff', 3, 0.8),
  ].join('');
}

/** A small bowl with a sauce or a handful of something in it. */
export function sideBowl(
  brush: Brush,
  random: Random,
  at: Area,
  content: (inside: Area) => Svg,
): Svg {
  const { ceramic, clay, glaze } = brush.palette;
  const body = random.pick([ceramic, clay, glaze]);
  const inside = partOf(at, 0.8);
  return [
    brush.pool(at, 32, 0.5),
    brush.pool(at, 10, 0.4),
    fill(
      circlePath(at, at.radius),
      brush.slope([
        { at: 0, colour: lit(body, 0.6) },
        { at: 0.5, colour: body },
        { at: 1, colour: shaded(body, 0.35) },
      ]),
    ),
    fill(
      circlePath(at, at.radius * 0.91),
      brush.slope([
        { at: 0, colour: shaded(body, 0.5) },
        { at: 0.5, colour: shaded(body, 0.1) },
        { at: 1, colour: lit(body, 0.5) },
      ]),
    ),
    content(inside),
    stroke(arcPath(at, at.radius * 0.955, -2.9, -1.8), '#ffffff', at.radius * 0.04, 0.6),
    fill(
      circlePath(inside, inside.radius),
      brush.slope([
        { at: 0, colour: brush.palette.shadow, opacity: 0.34 },
        { at: 0.5, colour: brush.palette.shadow, opacity: 0 },
      ]),
    ),
  ].join('');
}

/** Sauce that fills a side bowl, with the mark of the spoon. */
export function sauce(brush: Brush, random: Random, inside: Area, colour: string): Svg {
  const mark = linePath(
    [-2.4, -1.6, -0.8, 0].map((turn, index) =>
      polar(inside, inside.radius * (0.55 - index * 0.1), turn),
    ),
  );
  return [
    brush.lump(
      placed(blob(random, 0.03, 1, 14), { ...inside, size: inside.radius, angle: 0 }),
      colour,
      { lift: 0, gloss: 0 },
    ),
    stroke(mark, shaded(colour, 0.4), 8, 0.3, 'translate(2 3)'),
    stroke(mark, lit(colour, 0.7), 6, 0.4),
  ].join('');
}
