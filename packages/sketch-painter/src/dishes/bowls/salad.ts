import {
  limeSlice,
  orangeSlice,
  peachSlice,
  pomegranateSeed,
  strawberry,
} from '../../ingredients/fruit.ts';
import { partOf } from '../../ingredients/garnish.ts';
import { NUTS, SESAME, sprinkled } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { basil, chicory, dill, lettuce, mint, spinach } from '../../ingredients/leaves.ts';
import { drizzle } from '../../ingredients/sauces.ts';
import { chicken, eggHalf, feta } from '../../ingredients/savoury.ts';
import { prawn } from '../../ingredients/seafood.ts';
import { beetSlice, cucumberSlice, radishSlice, tomatoSlice } from '../../ingredients/slices.ts';
import { avocado, cherryTomato, olive, redOnion } from '../../ingredients/vegetables.ts';
import { circled, strewn } from '../../scatter.ts';
import { BOWLS, PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const STYLES = [
  { big: [tomatoSlice, cucumberSlice], small: [olive, feta], leaf: mint, grain: SESAME },
  { big: [orangeSlice, beetSlice], small: [feta, pomegranateSeed], leaf: mint, grain: NUTS },
  { big: [eggHalf, tomatoSlice], small: [olive, radishSlice], leaf: basil, grain: SESAME },
  { big: [avocado, prawn], small: [cherryTomato, radishSlice], leaf: dill, grain: SESAME },
  { big: [strawberry, peachSlice], small: [feta, pomegranateSeed], leaf: basil, grain: NUTS },
  { big: [chicken, avocado], small: [cherryTomato, cucumberSlice], leaf: dill, grain: NUTS },
  { big: [limeSlice, cucumberSlice], small: [radishSlice, cherryTomato], leaf: mint, grain: NUTS },
] as const;

export const salad: Dish = {
  vessels: [...BOWLS, ...PLATES],
  eatenWith: ['fork and knife'],
  course: 'main',
  steams: false,
  paint(brush, random, area) {
    const { big, small, leaf, grain } = random.pick(STYLES);
    const size = area.radius;
    const turn = random.angle();
    const leaves = [
      ...circled(partOf(area, 0.6), 11, size * 0.44, turn),
      ...circled(partOf(area, 0.32), 7, size * 0.38, turn + 0.4),
      ...circled(partOf(area, 0.08), 3, size * 0.3, turn + 0.9),
    ].map((spot) => ({ ...spot, angle: spot.angle + random.between(-0.5, 0.5) }));
    return [
      served(brush, random, leaves, lettuce, lettuce, lettuce, spinach, chicory),
      served(brush, random, strewn(random, partOf(area, 0.68), 10, size * 0.17, 1.65), ...big),
      served(brush, random, strewn(random, partOf(area, 0.74), 17, size * 0.075, 2), ...small),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.66), 7, size * 0.12),
        redOnion,
        redOnion,
        radishSlice,
      ),
      random.chance(0.25)
        ? drizzle(brush, random, { ...area, size: size * 0.6, angle: turn }, '#f6e2a6')
        : '',
      sprinkled(brush, random, partOf(area, 0.7), 60, grain),
      served(brush, random, strewn(random, partOf(area, 0.6), 6, size * 0.11), leaf),
    ].join('');
  },
};
