import type { Brush, Svg } from '../../brush.ts';
import { tortilla } from '../../ingredients/breads.ts';
import { limeWedge } from '../../ingredients/fruit.ts';
import { CHOPPED_HERBS, strewnGrains } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { lettuce, parsley } from '../../ingredients/leaves.ts';
import { drizzle } from '../../ingredients/sauces.ts';
import { beef, chicken, crumb, feta } from '../../ingredients/savoury.ts';
import { prawn } from '../../ingredients/seafood.ts';
import { radishSlice } from '../../ingredients/slices.ts';
import { avocado, bean, cherryTomato, chilliRing, redOnion } from '../../ingredients/vegetables.ts';
import type { Spot } from '../../outline.ts';
import { polar, spotAt } from '../../outline.ts';
import type { Random } from '../../random.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

/** Places for a long heap of filling across the middle of a spot. */
function ridge(random: Random, spot: Spot, count: number, size: number, breadth = 0.3): Spot[] {
  return Array.from({ length: count }, () => {
    const x = random.between(-0.72, 0.72);
    const y = random.between(-breadth, breadth) * Math.sqrt(1 - x * x);
    return spotAt(spot, x, y, size * random.between(0.85, 1.15), random.angle());
  });
}

function filled(
  brush: Brush,
  random: Random,
  spot: Spot,
  filling: Ingredient,
  top: Ingredient,
): Svg {
  const leaves = [-0.5, -0.15, 0.2, 0.5].map((x) =>
    spotAt(
      spot,
      x,
      random.between(-0.1, 0.1),
      0.5,
      random.pick([-1, 1]) * random.between(0.8, 1.7),
    ),
  );
  return [
    tortilla(brush, random, spot),
    served(brush, random, leaves, lettuce),
    served(brush, random, ridge(random, spot, 24, 0.19, 0.36), filling),
    served(brush, random, ridge(random, spot, 7, 0.18, 0.3), top),
    served(brush, random, ridge(random, spot, 7, 0.11, 0.32), redOnion, chilliRing),
    strewnGrains(brush, random, ridge(random, spot, 26, 0.1, 0.3), CHOPPED_HERBS),
    random.chance(0.6)
      ? drizzle(
          brush,
          random,
          spotAt(spot, 0, 0, 0.62),
          random.pick(['#fff3dc', '#f0b04a', '#d9e0a0']),
        )
      : '',
    served(brush, random, ridge(random, spot, 3, 0.17, 0.14), parsley),
  ].join('');
}

export const filledTortillas: Dish = {
  vessels: ['board', 'board', ...PLATES],
  eatenWith: ['hands'],
  course: 'main',
  steams: false,
  paint(brush, random, area) {
    const turn = random.angle();
    const filling = random.pick([beef, chicken, prawn, crumb('#8a4a2a'), bean]);
    const lean = random.between(0.6, 2.2);
    const three = [0, 1, 2].map((index) => {
      const at = polar(area, area.radius * 0.52, turn + (index / 3) * 2 * Math.PI);
      const top = random.pick([avocado, feta, cherryTomato, radishSlice]);
      return filled(
        brush,
        random,
        { ...at, size: area.radius * 0.53, angle: turn + index * 2.1 + lean },
        filling,
        top,
      );
    });
    const wedges = [0.5, 1.5].map((index) => ({
      ...polar(area, area.radius * 0.82, turn + (index / 3) * 2 * Math.PI),
      size: area.radius * 0.16,
      angle: random.angle(),
    }));
    return three.join('') + served(brush, random, wedges, limeWedge);
  },
};
