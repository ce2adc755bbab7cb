import { shaded } from '../../colour.ts';
import { FINE_HERBS, partOf } from '../../ingredients/garnish.ts';
import { SESAME, sprinkled } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { spinach } from '../../ingredients/leaves.ts';
import { noodleNest } from '../../ingredients/noodles.ts';
import { broth, glint, oilDrops } from '../../ingredients/sauces.ts';
import { beef, chicken, duck, eggHalf, roast, tofu } from '../../ingredients/savoury.ts';
import { fishCake, prawn } from '../../ingredients/seafood.ts';
import { chilliRing, mushroomSlice, redOnion, springOnion } from '../../ingredients/vegetables.ts';
import { polar } from '../../outline.ts';
import { circlePath } from '../../path.ts';
import { lined, strewn } from '../../scatter.ts';
import { BOWLS } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const BROTHS = ['#b8702c', '#d49a4c', '#c2542a', '#d9a85e', '#a85a26'] as const;
const NOODLES = ['#f0d592', '#f6e6c0', '#e2bf82', '#f3ecd8'] as const;

const sheaf: Ingredient = (brush, random, spot) =>
  served(
    brush,
    random,
    lined(
      { ...spot, size: spot.size * 0.95, angle: spot.angle + Math.PI / 2 },
      4,
      spot.size * 0.42,
    ).map((leaf, index) => ({ ...leaf, angle: spot.angle + (index - 1.5) * 0.2 })),
    spinach,
  );

export const noodleSoup: Dish = {
  vessels: BOWLS,
  eatenWith: ['chopsticks', 'chopsticks', 'spoon'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const colour = brush.natural(random.pick(BROTHS));
    const cut = { colour: random.pick(NOODLES), width: random.pick([9, 11, 14]) };
    const turn = random.angle();
    const at = (angle: number, reach: number, size: number) => ({
      ...polar(area, area.radius * reach, turn + angle),
      size: area.radius * size,
      angle: turn + angle + random.between(-0.3, 0.3),
    });
    const meat = random.pick([roast, duck, roast]);
    const pieces = strewn(
      random,
      { ...at(2.1, 0.5, 1), radius: area.radius * 0.24 },
      6,
      area.radius * 0.14,
      1.2,
    );
    const main = random.chance(0.5)
      ? meat(brush, random, at(2.1, 0.5, 0.42))
      : served(brush, random, pieces, random.pick([beef, chicken, prawn, tofu]));
    const small = strewn(random, partOf(area, 0.82), 14, area.radius * 0.055, 2);
    const food = [
      noodleNest(brush, random, partOf(area, 0.94), cut),
      sheaf(brush, random, at(0, 0.55, 0.42)),
      main,
      served(
        brush,
        random,
        [at(3.5, 0.52, 0.2), at(4.2, 0.56, 0.2)],
        random.pick([eggHalf, eggHalf, mushroomSlice]),
      ),
      served(
        brush,
        random,
        [at(5.1, 0.6, 0.17), at(5.5, 0.32, 0.15)],
        random.pick([fishCake, mushroomSlice, redOnion]),
      ),
      served(brush, random, small, springOnion, springOnion, chilliRing),
      served(brush, random, strewn(random, partOf(area, 0.5), 4, area.radius * 0.1), ...FINE_HERBS),
      sprinkled(brush, random, partOf(area, 0.7), 60, SESAME),
    ].join('');
    return [
      broth(brush, random, area, colour),
      brush.within(
        circlePath(area, area.radius * 0.965),
        oilDrops(random, area, 40, shaded(colour, 0.1)) + food,
      ),
      oilDrops(random, area, 12, colour),
      glint(area, 0.3),
    ].join('');
  },
};
