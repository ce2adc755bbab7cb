import { mix } from '../../colour.ts';
import { lemonWedge } from '../../ingredients/fruit.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { rounding, SAFFRON_RICE, sprinkled, TOMATO_RICE } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { parsley, sprig } from '../../ingredients/leaves.ts';
import { broth } from '../../ingredients/sauces.ts';
import { beef, drumstick, falafel } from '../../ingredients/savoury.ts';
import { mussel, prawn } from '../../ingredients/seafood.ts';
import { tomatoSlice } from '../../ingredients/slices.ts';
import {
  bean,
  cherryTomato,
  chickpea,
  greenBean,
  mushroomSlice,
  olive,
  pea,
  pepperStrip,
} from '../../ingredients/vegetables.ts';
import { circlePath } from '../../path.ts';
import { circled, strewn } from '../../scatter.ts';
import { PANS } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

interface Topping {
  readonly main: readonly Ingredient[];
  readonly count: number;
  readonly size: number;
  readonly round: readonly Ingredient[];
  readonly small: readonly Ingredient[];
}

const TOPPINGS: readonly Topping[] = [
  { main: [prawn], count: 7, size: 0.22, round: [mussel], small: [pea, pepperStrip] },
  { main: [drumstick], count: 5, size: 0.21, round: [pepperStrip, greenBean], small: [bean, pea] },
  { main: [prawn, drumstick], count: 6, size: 0.2, round: [pepperStrip], small: [olive, pea] },
  { main: [beef], count: 11, size: 0.105, round: [cherryTomato], small: [greenBean, chickpea] },
  {
    main: [falafel, mushroomSlice],
    count: 10,
    size: 0.115,
    round: [greenBean, tomatoSlice],
    small: [chickpea, olive],
  },
];

export const ricePan: Dish = {
  vessels: PANS,
  eatenWith: ['spoon', 'fork and knife'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const grain = random.pick([SAFFRON_RICE, SAFFRON_RICE, TOMATO_RICE]);
    const { main, count, size, round, small } = random.pick(TOPPINGS);
    const turn = random.angle();
    const rice = partOf(area, 0.96);
    const [base = '#e9ae34'] = grain.colours;
    const mains = circled(partOf(area, 0.56), count, area.radius * size, turn).map((spot) => ({
      ...spot,
      angle: spot.angle + 0.9,
    }));
    const rounds = circled(
      partOf(area, 0.84),
      random.whole(9, 11),
      area.radius * 0.115,
      turn + 0.3,
    );
    const wedges = circled(partOf(area, 0.2), 3, area.radius * 0.16, turn + 0.5).map((spot) => ({
      ...spot,
      angle: spot.angle - 1.5,
    }));
    return [
      broth(brush, random, area, mix(base, '#a8561c', 0.4)),
      brush.within(
        circlePath(area, area.radius * 0.98),
        sprinkled(brush, random, rice, 1900, grain),
      ),
      rounding(brush, area, 0.55),
      served(brush, random, strewn(random, rice, 34, area.radius * 0.05, 2.1), ...small),
      served(brush, random, rounds, ...round),
      served(brush, random, mains, ...main),
      served(brush, random, wedges, lemonWedge),
      greens(brush, random, partOf(area, 0.85), 9, parsley),
      sprig(brush, random, {
        ...partOf(area, 0.3, 0.1, -0.1),
        size: area.radius * 0.24,
        angle: turn,
      }),
    ].join('');
  },
};
