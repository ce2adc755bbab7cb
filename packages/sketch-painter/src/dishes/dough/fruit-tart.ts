import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import {
  bananaCoin,
  blueberry,
  fig,
  kiwi,
  orangeSlice,
  peachSlice,
  raspberry,
  strawberry,
} from '../../ingredients/fruit.ts';
import { partOf, posy } from '../../ingredients/garnish.ts';
import { PISTACHIO, sprinkled } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { mint } from '../../ingredients/leaves.ts';
import { around, placed, polar } from '../../outline.ts';
import { circlePath, linePath, softPath } from '../../path.ts';
import { circled } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

interface Ring {
  readonly fruit: Ingredient;
  readonly size: number;
  readonly step: number;
}

/** The size of a piece of fruit, and the distance to the next ring. */
const FRUITS: readonly Ring[] = [
  { fruit: strawberry, size: 0.145, step: 0.22 },
  { fruit: peachSlice, size: 0.15, step: 0.19 },
  { fruit: kiwi, size: 0.135, step: 0.22 },
  { fruit: raspberry, size: 0.085, step: 0.165 },
  { fruit: blueberry, size: 0.07, step: 0.135 },
  { fruit: fig, size: 0.125, step: 0.22 },
  { fruit: orangeSlice, size: 0.135, step: 0.22 },
  { fruit: bananaCoin, size: 0.115, step: 0.2 },
];

export const fruitTart: Dish = {
  vessels: [...PLATES, 'board'],
  eatenWith: ['fork and knife'],
  course: 'sweet',
  steams: false,
  paint(brush, random, area) {
    const size = area.radius * 0.98;
    const pastry = random.pick(['#d99f52', '#cf9148', '#e0ae66']);
    const flutes = 34;
    const crust = placed(
      around(flutes * 2, (_angle, index) => (index % 2 ? 0.965 : 1.01)),
      { ...area, size, angle: 0 },
    );
    const ridges = circled({ ...area, radius: size * 0.93 }, flutes, 1)
      .map(({ angle }) =>
        linePath([polar(area, size * 0.88, angle), polar(area, size * 0.985, angle)]),
      )
      .join('');
    const cream = partOf(area, 0.85);
    const rings = random.sample(FRUITS, 4);
    const fruits: string[] = [];
    let reach = 0.85;
    for (let index = 0; reach > 0.16; index++) {
      const { fruit, size: half, step } = rings[index % rings.length] as Ring;
      const radius = reach - step / 2;
      const count = Math.max(3, Math.floor((2 * Math.PI * radius) / (half * 1.78)));
      const lean =
        fruit === strawberry ? Math.PI : fruit === peachSlice ? Math.PI / 2 + 0.5 : random.angle();
      const spots = circled(partOf(area, radius), count, size * half, random.angle()).map(
        (spot) => ({ ...spot, angle: spot.angle + lean }),
      );
      fruits.push(served(brush, random, spots, fruit));
      reach -= step;
    }
    return [
      brush.pool({ ...area, radius: size }, 18, 0.4),
      brush.lump(crust, pastry, { lift: 10, gloss: 0, depth: 0.5 }),
      stroke(ridges, shaded(pastry, 0.5), 4, 0.4, 'translate(2 2.5)'),
      stroke(ridges, lit(pastry, 0.6), 4, 0.55),
      fill(circlePath(area, cream.radius * 1.015), shaded(pastry, 0.45), 0.8),
      fill(circlePath(area, cream.radius), brush.body('#f8e7b4', 0.3)),
      fruits.join(''),
      fill(
        softPath(
          placed(
            around(12, () => 1),
            { ...area, size: cream.radius, angle: 0 },
          ),
        ),
        brush.slope([
          { at: 0, colour: '#fff6d8', opacity: 0.3 },
          { at: 0.4, colour: '#fff6d8', opacity: 0 },
          { at: 1, colour: brush.palette.shadow, opacity: 0.2 },
        ]),
      ),
      posy(brush, random, partOf(area, 0.13), mint),
      sprinkled(brush, random, partOf(area, 0.8), 34, PISTACHIO),
    ].join('');
  },
};
