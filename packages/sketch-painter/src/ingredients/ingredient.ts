import type { Brush, Svg } from '../brush.ts';
import type { Spot } from '../outline.ts';
import type { Random } from '../random.ts';

/** Paints one piece where it lies. */
export type Ingredient = (brush: Brush, random: Random, spot: Spot) => Svg;

/** One piece on every spot, each time one of `choices`. */
export function served(
  brush: Brush,
  random: Random,
  spots: readonly Spot[],
  ...choices: readonly Ingredient[]
): Svg {
  return spots.map((spot) => random.pick(choices)(brush, random, spot)).join('');
}
