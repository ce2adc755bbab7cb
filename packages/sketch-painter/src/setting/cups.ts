import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import { lemonSlice, limeSlice, orangeSlice } from '../ingredients/fruit.ts';
import { partOf } from '../ingredients/garnish.ts';
import { served } from '../ingredients/ingredient.ts';
import { mint } from '../ingredients/leaves.ts';
import { type Area, blob, jittered, placed, polar, slab } from '../outline.ts';
import { arcPath, circlePath, cornerPath, linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { strewn } from '../scatter.ts';

/** A cold drink with a straw, seen from above. */
export function glass(brush: Brush, random: Random, place: Area): Svg {
  const { drink, shadow, glaze, glazeAlt } = brush.palette;
  const at = partOf(place, 0.86);
  const inside = partOf(at, 0.89);
  const glow = { x: at.x + at.radius * 0.62, y: at.y + at.radius * 0.9, radius: at.radius * 0.62 };
  const ice = strewn(random, partOf(at, 0.52), 5, at.radius * 0.27, 1.25).map((spot) => {
    const block = jittered(slab(0.85, 0.15), random, 0.07);
    const path = cornerPath(placed(block, spot), 0.2);
    const top = cornerPath(
      placed(block, { ...spot, x: spot.x - 3, y: spot.y - 4, size: spot.size * 0.8 }),
      0.2,
    );
    return (
      fill(path, lit(drink, 0.5), 0.65) +
      stroke(path, '#ffffff', 1.6, 0.7) +
      fill(top, '#ffffff', 0.42)
    );
  });
  const turn = random.between(-0.5, 0.9);
  const slice = {
    ...polar(at, at.radius * 0.86, turn + 2.4),
    size: at.radius * 0.44,
    angle: random.angle(),
  };
  const leaf = {
    ...polar(at, at.radius * 0.34, turn + 4.2),
    size: at.radius * 0.36,
    angle: random.angle(),
  };
  const straw = [polar(at, at.radius * 0.3, turn + Math.PI), polar(at, at.radius * 1.42, turn)];
  return [
    brush.pool(at, 44, 0.42),
    fill(
      circlePath(glow, glow.radius),
      brush.glow(glow, [
        { at: 0, colour: lit(drink, 0.4), opacity: 0.75 },
        { at: 1, colour: drink, opacity: 0 },
      ]),
    ),
    fill(
      circlePath(at, at.radius),
      brush.slope([
        { at: 0, colour: '#ffffff', opacity: 0.9 },
        { at: 0.4, colour: lit(drink, 0.6), opacity: 0.75 },
        { at: 0.7, colour: shaded(drink, 0.4), opacity: 0.6 },
        { at: 1, colour: '#ffffff', opacity: 0.85 },
      ]),
    ),
    fill(
      circlePath(at, inside.radius),
      brush.glow({ x: at.x + 14, y: at.y + 18, radius: inside.radius * 1.15 }, [
        { at: 0, colour: lit(drink, 0.45) },
        { at: 0.6, colour: drink },
        { at: 1, colour: shaded(drink, 0.5) },
      ]),
    ),
    ice.join(''),
    served(brush, random, [leaf, { ...leaf, angle: leaf.angle + 1.5 }], mint),
    stroke(circlePath(at, at.radius * 0.985), '#ffffff', 2.6, 0.85),
    stroke(circlePath(at, inside.radius), shadow, 1.6, 0.35),
    stroke(arcPath(at, at.radius * 0.94, -2.8, -1.9), '#ffffff', at.radius * 0.07, 0.9),
    stroke(arcPath(at, at.radius * 0.94, 0.5, 1), '#ffffff', at.radius * 0.05, 0.6),
    served(brush, random, [slice], random.pick([lemonSlice, limeSlice, orangeSlice])),
    brush.strand(straw, random.pick([glaze, glazeAlt, '#f4ead6']), at.radius * 0.13, 8),
  ].join('');
}

export function teacup(brush: Brush, random: Random, at: Area): Svg {
  return cup(brush, random, at, false);
}

/** Coffee with a heart of milk. */
export function coffee(brush: Brush, random: Random, at: Area): Svg {
  return cup(brush, random, at, true);
}

/** A cup on a saucer. */
function cup(brush: Brush, random: Random, at: Area, milk: boolean): Svg {
  const { ceramic, glaze, drink } = brush.palette;
  const body = random.pick([ceramic, ceramic, mix(glaze, ceramic, 0.3)]);
  const rim = { ...partOf(at, 0.66), x: at.x - 5, y: at.y - 7 };
  const turn = random.between(-0.6, 1.4);
  const ear = [-0.26, -0.2, 0, 0.2, 0.26].map((shift, index) =>
    polar(rim, rim.radius * ([0.98, 1.28, 1.4, 1.28, 0.98][index] ?? 1), turn + shift),
  );
  const liquid = milk ? '#a8683c' : drink;
  const heart = [
    { x: 0.66, y: 0 },
    { x: 0.1, y: -0.6 },
    { x: -0.4, y: -0.62 },
    { x: -0.56, y: -0.3 },
    { x: -0.34, y: 0 },
    { x: -0.56, y: 0.3 },
    { x: -0.4, y: 0.62 },
    { x: 0.1, y: 0.6 },
  ];
  const poured = (share: number, paint: string) =>
    fill(softPath(placed(heart, { ...rim, size: rim.radius * share, angle: turn })), paint);
  const art = poured(0.92, '#f3ddb9') + poured(0.56, liquid) + poured(0.34, '#f3ddb9');
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
    milk ? art : stroke(arcPath(rim, rim.radius * 0.7, -2.7, -1.9), '#ffffff', 5, 0.5),
    stroke(arcPath(rim, rim.radius * 0.96, -2.9, -1.9), '#ffffff', 3, 0.8),
  ].join('');
}

/** A small bowl with a sauce or a side in it. */
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

/** Sauce in a side bowl, with the mark of a spoon. */
export function sauce(brush: Brush, random: Random, inside: Area, colour: string): Svg {
  const mark = linePath(
    [-2.4, -1.6, -0.8, 0].map((turn, index) =>
      polar(inside, inside.radius * (0.55 - index * 0.1), turn),
    ),
  );
  return [
    fill(
      softPath(placed(blob(random, 0.02, 1, 14), { ...inside, size: inside.radius, angle: 0 })),
      brush.body(colour, 0.4),
    ),
    stroke(mark, shaded(colour, 0.4), 8, 0.3, 'translate(2 3)'),
    stroke(mark, lit(colour, 0.7), 6, 0.4),
  ].join('');
}
