import { lit } from '../../colour.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { heapOf, SESAME, sprinkled, WHITE_RICE } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { parsley } from '../../ingredients/leaves.ts';
import { oilDrops, puddle, swirl } from '../../ingredients/sauces.ts';
import { beef, chicken, lamb, paneer } from '../../ingredients/savoury.ts';
import { prawn } from '../../ingredients/seafood.ts';
import { carrotCoin } from '../../ingredients/slices.ts';
import {
  bean,
  chickpea,
  chilliRing,
  greenBean,
  pea,
  potato,
} from '../../ingredients/vegetables.ts';
import { blob, placed, polar } from '../../outline.ts';
import { softPath } from '../../path.ts';
import { strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const SAUCES = ['#b5601c', '#c8842a', '#9c3d1c', '#7a8a34', '#8a4a22', '#cf9a3a'] as const;

export const curryAndRice: Dish = {
  vessels: [...PLATES, 'leaf tray'],
  eatenWith: ['spoon', 'fork and knife'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const turn = random.angle();
    const colour = brush.natural(random.pick(SAUCES));
    const sauce = {
      ...polar(area, area.radius * 0.22, turn),
      size: area.radius * 0.82,
      angle: turn,
    };
    const pool = placed(blob(random, 0.05, 0.98, 14), sauce);
    const rice = { ...polar(area, area.radius * 0.4, turn + Math.PI), radius: area.radius * 0.5 };
    const mound = placed(blob(random, 0.05, 0.92, 12), {
      ...rice,
      size: rice.radius,
      angle: turn + Math.PI / 2,
    });
    const bites = { ...polar(area, area.radius * 0.34, turn), radius: area.radius * 0.56 };
    const [main, side, small] = random.pick([
      [chicken, potato, pea],
      [beef, carrotCoin, pea],
      [paneer, paneer, pea],
      [chickpea, potato, chickpea],
      [prawn, prawn, chilliRing],
      [lamb, potato, chickpea],
      [bean, carrotCoin, bean],
      [chicken, greenBean, chilliRing],
    ] as const);
    const chunks = strewn(random, bites, 26, area.radius * 0.11, 1.3);
    return [
      puddle(brush, random, pool, colour),
      brush.within(
        softPath(pool),
        oilDrops(random, { ...sauce, radius: sauce.size }, 46, lit(colour, 0.1)),
      ),
      served(brush, random, chunks, main, main, side),
      served(brush, random, strewn(random, bites, 22, area.radius * 0.05, 1.8), small),
      random.chance(0.6)
        ? swirl({ ...bites, size: area.radius * 0.24, angle: turn }, '#fff4dc')
        : '',
      greens(brush, random, { ...bites, radius: bites.radius * 0.8 }, 6, parsley),
      heapOf(brush, random, mound, rice, WHITE_RICE),
      sprinkled(brush, random, partOf(rice, 0.4), 14, SESAME),
      served(brush, random, strewn(random, partOf(rice, 0.35), 3, area.radius * 0.1, 1.2), parsley),
    ].join('');
  },
};
