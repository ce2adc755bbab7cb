import { partOf } from '../../ingredients/garnish.ts';
import { BLACK_SESAME, heapOf, SESAME, sprinkled, WHITE_RICE } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { mint, parsley, spinach } from '../../ingredients/leaves.ts';
import { drizzle } from '../../ingredients/sauces.ts';
import { beef, chicken, crumb, eggHalf, friedEgg, tofu } from '../../ingredients/savoury.ts';
import { prawn } from '../../ingredients/seafood.ts';
import { cucumberSlice, radishSlice } from '../../ingredients/slices.ts';
import {
  avocado,
  broccoli,
  carrotStick,
  cherryTomato,
  chickpea,
  mushroomSlice,
  pepperStrip,
  springOnion,
} from '../../ingredients/vegetables.ts';
import { oval, placed, polar } from '../../outline.ts';
import { strewn } from '../../scatter.ts';
import { BOWLS } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

interface Topping {
  readonly piece: Ingredient;
  readonly size: number;
  readonly count: number;
}

const TOPPINGS: readonly Topping[] = [
  { piece: carrotStick, size: 0.19, count: 22 },
  { piece: spinach, size: 0.2, count: 12 },
  { piece: mushroomSlice, size: 0.14, count: 9 },
  { piece: cucumberSlice, size: 0.15, count: 8 },
  { piece: radishSlice, size: 0.12, count: 10 },
  { piece: broccoli, size: 0.16, count: 7 },
  { piece: cherryTomato, size: 0.105, count: 10 },
  { piece: chickpea, size: 0.062, count: 34 },
  { piece: pepperStrip, size: 0.17, count: 18 },
  { piece: avocado, size: 0.3, count: 1 },
];

const MAINS: readonly Topping[] = [
  { piece: beef, size: 0.12, count: 13 },
  { piece: chicken, size: 0.12, count: 13 },
  { piece: tofu, size: 0.11, count: 12 },
  { piece: prawn, size: 0.17, count: 6 },
  { piece: crumb('#8a4a2c'), size: 0.06, count: 40 },
];

export const grainBowl: Dish = {
  vessels: BOWLS,
  eatenWith: ['chopsticks', 'spoon', 'fork and knife'],
  course: 'main',
  steams: false,
  paint(brush, random, area) {
    const size = area.radius;
    const turn = random.angle();
    const toppings = [random.pick(MAINS), ...random.sample(TOPPINGS, 4), random.pick(MAINS)];
    const rice = partOf(area, 0.98);
    const heaps = toppings.map(({ piece, size: half, count }, index) => {
      const angle = turn + (index / toppings.length) * 2 * Math.PI;
      const heap = { ...polar(area, size * 0.57, angle), radius: size * 0.26 };
      const spots =
        count === 1
          ? [{ ...heap, size: size * half, angle: angle + Math.PI / 2 }]
          : strewn(random, heap, count, size * half, 0.6);
      return served(
        brush,
        random,
        spots.map((spot) => ({ ...spot, angle: angle + random.between(-0.5, 0.5) })),
        piece,
      );
    });
    const heart = random.pick([friedEgg, friedEgg, eggHalf]);
    return [
      heapOf(
        brush,
        random,
        placed(oval(1, 16), { ...area, size: rice.radius, angle: 0 }),
        rice,
        WHITE_RICE,
      ),
      heaps.join(''),
      heart(brush, random, {
        ...area,
        size: size * (heart === friedEgg ? 0.34 : 0.24),
        angle: turn,
      }),
      random.chance(0.5)
        ? drizzle(
            brush,
            random,
            { ...area, size: size * 0.5, angle: turn },
            random.pick(['#f6dca4', '#fbf0d6', '#e8b45c']),
          )
        : '',
      served(brush, random, strewn(random, partOf(area, 0.75), 12, size * 0.045, 2.2), springOnion),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.6), 4, size * 0.11),
        random.pick([mint, parsley]),
      ),
      sprinkled(brush, random, partOf(area, 0.75), 70, SESAME),
      sprinkled(brush, random, partOf(area, 0.6), 30, BLACK_SESAME),
    ].join('');
  },
};
