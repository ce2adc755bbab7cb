import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import { blisters } from '../../ingredients/breads.ts';
import {
  bananaCoin,
  blueberry,
  fig,
  peachSlice,
  raspberry,
  strawberry,
} from '../../ingredients/fruit.ts';
import { partOf, posy } from '../../ingredients/garnish.ts';
import { NUTS, PISTACHIO, sprinkled } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { mint } from '../../ingredients/leaves.ts';
import { dollop, puddle } from '../../ingredients/sauces.ts';
import { around, blob, jittered, placed, polar, slab } from '../../outline.ts';
import { cornerPath, softPath } from '../../path.ts';
import { strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const FRUITS = [
  [blueberry, raspberry],
  [strawberry, blueberry],
  [bananaCoin, blueberry],
  [fig, raspberry],
  [peachSlice, raspberry],
] as const;

export const pancakes: Dish = {
  vessels: PLATES,
  eatenWith: ['fork and knife'],
  course: 'sweet',
  steams: false,
  paint(brush, random, area) {
    const size = area.radius * 0.86;
    const batter = random.pick(['#d9984a', '#cf8a3e', '#e0a65a']);
    const stack = [0, 1, 2, 3].map((level) => {
      const at = {
        ...polar(area, size * 0.05, random.angle()),
        size: size * (1 - level * 0.025),
        angle: 0,
      };
      const lifted = { ...at, x: at.x - level * 5, y: at.y - level * 7 };
      const cake = placed(blob(random, 0.025, 0.98, 16), lifted);
      const top = placed(blob(random, 0.03, 0.98, 16), {
        ...lifted,
        x: lifted.x - 2,
        y: lifted.y - 3,
        size: lifted.size * 0.93,
      });
      return [
        brush.lump(cake, lit(batter, 0.5), { lift: 9, gloss: 0, depth: 0.42 }),
        fill(softPath(top), brush.body(batter, 0.3)),
        stroke(softPath(top), shaded(batter, 0.4), 4, 0.35),
        brush.within(softPath(top), blisters(random, lifted, shaded(batter, 0.4), 40)),
      ].join('');
    });
    const middle = { x: area.x - 15, y: area.y - 21, radius: area.radius };
    const syrup = placed(
      around(18, () => random.between(0.62, 1.02)),
      { ...middle, size: size * 0.72, angle: 0 },
    );
    const turn = random.angle();
    const heap = { ...polar(middle, size * 0.3, turn), radius: size * 0.42 };
    const butter = {
      ...polar(middle, size * 0.36, turn + Math.PI),
      size: size * 0.17,
      angle: random.angle(),
    };
    const fruits = random.pick(FRUITS);
    const pat = cornerPath(placed(jittered(slab(0.84, 0.16), random, 0.04), butter), 0.2);
    const topping = random.chance(0.5)
      ? brush.contact(pat, 7) +
        fill(pat, brush.body('#f9dc78', 0.26)) +
        stroke(pat, '#fff6cc', 2.5, 0.7, 'translate(-1 -1)')
      : dollop(brush, random, { ...butter, size: butter.size * 1.25 }, '#fff6e4');
    return [
      served(
        brush,
        random,
        strewn(random, partOf(area, 1.02), 26, area.radius * 0.075, 1.9).filter(
          (spot) => Math.hypot(spot.x - area.x, spot.y - area.y) > size * 1.06,
        ),
        ...fruits,
      ),
      ...stack,
      fill(softPath(syrup), '#7a3410', 0.18),
      puddle(
        brush,
        random,
        syrup.map(({ x, y }) => ({ x, y })),
        random.pick(['#a8561c', '#8a3a14', '#b5702a']),
      ),
      topping,
      served(brush, random, strewn(random, heap, 15, size * 0.13, 1.35), ...fruits),
      sprinkled(brush, random, partOf(middle, 0.6), 40, random.pick([NUTS, PISTACHIO])),
      posy(
        brush,
        random,
        { ...polar(heap, heap.radius * 0.35, turn + 2), radius: size * 0.15 },
        mint,
      ),
    ].join('');
  },
};
