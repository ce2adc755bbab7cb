import type { Brush, Svg } from '../../brush.ts';
import { stroke } from '../../brush.ts';
import { flatbread } from '../../ingredients/breads.ts';
import { lemonWedge, limeWedge } from '../../ingredients/fruit.ts';
import { greens, partOf, posy } from '../../ingredients/garnish.ts';
import { heapOf, SAFFRON_RICE, SESAME, sprinkled, WHITE_RICE } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { basil, lettuce, parsley } from '../../ingredients/leaves.ts';
import { beef, chicken, lamb, paneer } from '../../ingredients/savoury.ts';
import { prawn } from '../../ingredients/seafood.ts';
import {
  cherryTomato,
  mushroomSlice,
  onionSquare,
  pepperSquare,
} from '../../ingredients/vegetables.ts';
import { blob, placed, pointAt, polar, type Spot } from '../../outline.ts';
import { linePath } from '../../path.ts';
import type { Random } from '../../random.ts';
import { lined } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const BETWEEN: readonly Ingredient[] = [
  pepperSquare,
  pepperSquare,
  onionSquare,
  cherryTomato,
  mushroomSlice,
];

/** A stick with alternating pieces of meat and vegetable. */
function skewer(
  brush: Brush,
  random: Random,
  spot: Spot,
  meat: Ingredient,
  others: readonly Ingredient[],
): Svg {
  const stick = [pointAt(spot, -1.12, 0), pointAt(spot, 0, 0.01), pointAt(spot, 1.06, 0)];
  const count = 9;
  const pieces = lined({ ...spot, size: spot.size * 0.15 }, count, (spot.size * 1.82) / count);
  const food = pieces.map((piece, index) => {
    const turned = { ...piece, angle: spot.angle + Math.PI / 2 + random.between(-0.25, 0.25) };
    const kind = index % 2 ? (others[(index >> 1) % others.length] ?? meat) : meat;
    return kind(brush, random, { ...turned, size: piece.size * (index % 2 ? 0.92 : 1.18) });
  });
  const char = pieces.map((piece) =>
    linePath([
      polar(piece, piece.size * 0.5, spot.angle + 1.9),
      polar(piece, piece.size * 0.5, spot.angle - 1.2),
    ]),
  );
  return (
    brush.strand(stick, '#c99a58', 8, 7) + food.join('') + stroke(char.join(''), '#2c140e', 4, 0.28)
  );
}

export const skewers: Dish = {
  vessels: ['leaf tray', 'board', ...PLATES],
  eatenWith: ['hands', 'fork and knife'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const angle = random.pick([-0.6, 0.6, 0.35, -0.35]) + random.between(-0.15, 0.15);
    const size = area.radius;
    const across = angle + Math.PI / 2;
    const meat = random.pick([beef, chicken, lamb, prawn, paneer]);
    const others = random.sample(BETWEEN, 2);
    const bread = { ...polar(area, size * 0.1, across), size: size * 0.96, angle };
    const ground = random.chance(0.5)
      ? flatbread(brush, random, placed(blob(random, 0.03, 0.9, 14), bread), bread, '#e6c184', 40)
      : served(
          brush,
          random,
          [-0.6, -0.3, 0, 0.3, 0.6].map((shift) => ({
            ...polar(area, size * shift, angle),
            size: size * 0.5,
            angle: across + shift,
          })),
          lettuce,
        );
    const rice = { ...polar(area, size * 0.58, across), radius: size * 0.36 };
    const mound = placed(blob(random, 0.05, 0.9, 12), { ...rice, size: rice.radius, angle });
    const sticks = lined(
      { ...polar(area, size * -0.24, across), size: size * 0.9, angle: across },
      3,
      size * 0.36,
    ).map((spot) => ({ ...spot, angle: angle + random.between(-0.07, 0.07) }));
    return [
      ground,
      heapOf(brush, random, mound, rice, random.pick([WHITE_RICE, SAFFRON_RICE])),
      sticks.map((spot) => skewer(brush, random, spot, meat, others)).join(''),
      served(
        brush,
        random,
        [{ ...polar(rice, size * 0.46, angle), size: size * 0.17, angle: 0.6 }],
        random.pick([lemonWedge, limeWedge]),
      ),
      posy(
        brush,
        random,
        { ...polar(rice, size * 0.44, angle + Math.PI), radius: size * 0.15 },
        random.pick([basil, parsley]),
      ),
      greens(brush, random, partOf(area, 0.7), 4, parsley),
      sprinkled(brush, random, partOf(area, 0.7), 60, SESAME),
    ].join('');
  },
};
