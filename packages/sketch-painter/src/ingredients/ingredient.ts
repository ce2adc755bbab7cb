import type { Brush, Svg } from '../brush.ts';
import type { Spot } from '../outline.ts';
import type { Random } from '../random.ts';

/** Paints one piece at a spot. */
export type Ingredient = (brush: Brush, random: Random, spot: Spot) => Svg;

/** Paints one piece at every spot, each picked from `choices`. */
export function served(
  brush: Brush,
  random: Random,
  spots: readonly Spot[],
  ...choices: readonly Ingredient[]
): Svg {
  return spots.map((spot) => random.pick(choices)(brush, random, spot)).join('');
}
