import { fill } from '../../brush.ts';
import { lit } from '../../colour.ts';
import { FINE_HERBS, greens, partOf } from '../../ingredients/garnish.ts';
import { CHILLI_FLAKES, sprinkled } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { bayLeaf, dill, parsley } from '../../ingredients/leaves.ts';
import { broth, dollop, glint, oilDrops } from '../../ingredients/sauces.ts';
import { beef, chicken, lamb } from '../../ingredients/savoury.ts';
import { mussel, prawn } from '../../ingredients/seafood.ts';
import { beetSlice, carrotCoin, tomatoSlice } from '../../ingredients/slices.ts';
import {
  bean,
  chickpea,
  greenBean,
  mushroomSlice,
  pea,
  pepperStrip,
  potato,
} from '../../ingredients/vegetables.ts';
import { polar } from '../../outline.ts';
import { circlePath } from '../../path.ts';
import { strewn } from '../../scatter.ts';
import { BOWLS } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const STYLES = [
  {
    liquid: '#8a3c1c',
    big: [beef, potato],
    mid: [carrotCoin, mushroomSlice],
    small: [pea],
    cream: undefined,
  },
  {
    liquid: '#96203c',
    big: [beef, potato],
    mid: [beetSlice, carrotCoin],
    small: [bean],
    cream: '#fff4ea',
  },
  {
    liquid: '#c0782a',
    big: [chicken, potato],
    mid: [carrotCoin, greenBean],
    small: [chickpea],
    cream: undefined,
  },
  {
    liquid: '#c2502a',
    big: [prawn, mussel],
    mid: [tomatoSlice, pepperStrip],
    small: [chickpea],
    cream: undefined,
  },
  {
    liquid: '#a8421e',
    big: [lamb, potato],
    mid: [pepperStrip, carrotCoin],
    small: [bean, bean],
    cream: '#fff2d8',
  },
  {
    liquid: '#6f7a30',
    big: [chicken, potato],
    mid: [greenBean, mushroomSlice],
    small: [pea, bean],
    cream: '#fbf3d4',
  },
] as const;

export const stew: Dish = {
  vessels: [...BOWLS, 'enamel pan', 'copper pan', 'iron pan'],
  eatenWith: ['spoon'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const { liquid, big, mid, small, cream } = random.pick(STYLES);
    const colour = brush.natural(liquid);
    const inner = partOf(area, 0.84);
    const turn = random.angle();
    const spoonful = {
      ...polar(area, area.radius * 0.26, turn),
      size: area.radius * 0.22,
      angle: turn,
    };
    const pieces = (count: number) => [
      served(brush, random, strewn(random, inner, count, area.radius * 0.15, 1.4), ...big),
      served(brush, random, strewn(random, inner, count, area.radius * 0.105, 1.7), ...mid),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.9), count, area.radius * 0.052, 2.2),
        ...small,
      ),
    ];
    const contents = [
      pieces(26).join(''),
      fill(circlePath(area, area.radius), colour, 0.52),
      oilDrops(random, area, 60, lit(colour, 0.1)),
      pieces(13).join(''),
    ].join('');
    return [
      broth(brush, random, area, colour),
      brush.within(circlePath(area, area.radius * 0.97), contents),
      served(
        brush,
        random,
        [{ ...polar(area, area.radius * 0.6, turn + 2), size: area.radius * 0.2, angle: turn + 1 }],
        bayLeaf,
      ),
      cream
        ? dollop(brush, random, spoonful, cream) +
          served(brush, random, [{ ...spoonful, size: area.radius * 0.16 }], dill)
        : '',
      greens(brush, random, partOf(area, 0.75), 8, parsley, ...FINE_HERBS),
      sprinkled(brush, random, partOf(area, 0.7), 26, CHILLI_FLAKES),
      glint(area, 0.3),
    ].join('');
  },
};
