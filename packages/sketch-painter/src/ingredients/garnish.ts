import type { Brush, Svg } from '../brush.ts';
import type { Area } from '../outline.ts';
import { polar } from '../outline.ts';
import type { Random } from '../random.ts';
import { strewn } from '../scatter.ts';
import { CHOPPED_HERBS, sprinkled } from './grains.ts';
import { type Ingredient, served } from './ingredient.ts';
import { basil, dill, mint, parsley } from './leaves.ts';

/** An area inside an area. Its middle is moved by shares of the radius. */
export function partOf(area: Area, radius: number, x = 0, y = 0): Area {
  return { x: area.x + x * area.radius, y: area.y + y * area.radius, radius: area.radius * radius };
}

/** Toppings that are sprinkled on last. */
export function greens(
  brush: Brush,
  random: Random,
  area: Area,
  count: number,
  ...leaves: readonly Ingredient[]
): Svg {
  const kinds = leaves.length > 0 ? leaves : [random.pick([parsley, basil, mint])];
  const chopped = sprinkled(brush, random, area, count * 3, CHOPPED_HERBS);
  return (
    chopped + served(brush, random, strewn(random, area, count, area.radius * 0.11, 1.5), ...kinds)
  );
}

/** A few leaves together in one place. */
export function posy(brush: Brush, random: Random, at: Area, leaf: Ingredient = basil): Svg {
  const turn = random.angle();
  const leaves = [0, 2.2, 4.1].map((angle) => ({
    ...polar(at, at.radius * 0.62, turn + angle),
    size: at.radius * 0.75,
    angle: turn + angle + random.between(-0.2, 0.2),
  }));
  return served(brush, random, leaves, leaf);
}

export const FINE_HERBS = [parsley, dill] as const;
