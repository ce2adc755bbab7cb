import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, shaded } from '../colour.ts';
import type { Outline, Spot } from '../outline.ts';
import { blob, jittered, oval, placed, spotAt } from '../outline.ts';
import { cornerPath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { anywhere } from '../scatter.ts';
import type { Ingredient } from './ingredient.ts';

/** Toasted spots inside a path. */
export function blisters(random: Random, spot: Spot, colour: Colour, count: number): Svg {
  return Array.from({ length: count }, () => {
    const at = { ...anywhere(random, { ...spot, radius: spot.size * 0.9 }), angle: random.angle() };
    const size = random.between(0.02, 0.1) * spot.size;
    const patch = (share: number) =>
      softPath(placed(blob(random, 0.25, 0.7, 8), { ...at, size: size * share }));
    return fill(patch(1.5), colour, 0.22) + fill(patch(0.9), shaded(colour, 0.3), 0.34);
  }).join('');
}

/** A flatbread: dough, a paler middle and toasted spots. */
export function flatbread(
  brush: Brush,
  random: Random,
  outline: Outline,
  spot: Spot,
  colour: Colour,
  count = 34,
): Svg {
  const path = softPath(outline);
  const freckles = blisters(random, spot, shaded(colour, 0.38), count);
  return [
    brush.lump(outline, brush.natural(colour), { lift: 7, gloss: 0, depth: 0.32 }),
    brush.within(path, freckles),
    stroke(path, lit(colour, 0.5), 2, 0.4, 'translate(-1 -1.5)'),
  ].join('');
}

export const tortilla: Ingredient = (brush, random, spot) =>
  flatbread(
    brush,
    random,
    placed(blob(random, 0.025, 1, 14), spot),
    spot,
    random.pick(['#efd49a', '#f3deb0', '#e8c888']),
  );

/** A triangle cut from a round flatbread. */
export const pitaTriangle: Ingredient = (brush, random, spot) => {
  const corners = jittered(
    [
      { x: 1, y: 0 },
      { x: -0.6, y: -0.85 },
      { x: -0.85, y: 0 },
      { x: -0.6, y: 0.85 },
    ],
    random,
    0.05,
  );
  const path = cornerPath(placed(corners, spot), 0.14);
  const freckles = blisters(random, spot, '#a86e34', 12);
  return (
    brush.contact(path, 6) +
    fill(path, brush.body('#e8c48a', 0.34)) +
    brush.within(path, freckles) +
    stroke(path, '#fbe6bc', 2, 0.5, 'translate(-1 -1)')
  );
};

/** A slice of bread: crust, crumb and holes. */
export const breadSlice: Ingredient = (brush, random, spot) => {
  const loaf = jittered(
    [
      { x: -1, y: 0.55 },
      { x: -1.02, y: -0.15 },
      { x: -0.7, y: -0.55 },
      { x: 0, y: -0.68 },
      { x: 0.7, y: -0.55 },
      { x: 1.02, y: -0.15 },
      { x: 1, y: 0.55 },
      { x: 0.5, y: 0.64 },
      { x: 0, y: 0.62 },
      { x: -0.5, y: 0.64 },
    ],
    random,
    0.03,
  );
  const inner = placed(loaf, spotAt(spot, 0, 0, 0.88));
  const holes = Array.from({ length: 26 }, () => {
    const at = anywhere(random, { ...spot, radius: spot.size * 0.62 });
    return fill(
      softPath(
        placed(oval(0.65, 8), {
          ...at,
          size: spot.size * random.between(0.015, 0.06),
          angle: random.angle(),
        }),
      ),
      '#c99c5c',
      0.5,
    );
  });
  return [
    brush.lump(placed(loaf, spot), '#a8672c', { lift: 8, gloss: 0, depth: 0.45 }),
    fill(softPath(inner), brush.body('#f3dcae', 0.16)),
    brush.within(softPath(inner), holes.join('')),
  ].join('');
};
