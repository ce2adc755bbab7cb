import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import { limeWedge } from '../../ingredients/fruit.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { BLACK_SESAME, SESAME, sprinkled } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { lettuce, parsley } from '../../ingredients/leaves.ts';
import { dollop } from '../../ingredients/sauces.ts';
import { cherryTomato, redOnion } from '../../ingredients/vegetables.ts';
import { blob, placed, pointAt, polar, segment, spotAt } from '../../outline.ts';
import { circlePath, linePath, softPath } from '../../path.ts';
import { strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

/** A golden half moon with a braided edge. */
function pastry(dough: string): Ingredient {
  return (brush, random, spot) => {
    const moon = segment(0.08, Math.PI - 0.08, 13).map(({ x, y }) => ({ x, y: y * 0.82 - 0.34 }));
    const rope = Array.from({ length: 15 }, (_, index) => {
      const turn = 0.12 + (index / 14) * (Math.PI - 0.24);
      const at = spotAt(
        spot,
        0.97 * Math.cos(turn),
        0.8 * Math.sin(turn) - 0.34,
        0.115,
        turn + 0.9,
      );
      return brush.lump(placed(blob(random, 0.06, 0.7, 8), at), dough, { lift: 2, gloss: 0.18 });
    });
    const bake = [0.35, 0.6].map((size) =>
      placed(blob(random, 0.2, 0.42, 10), spotAt(spot, 0, 0.02, size)),
    );
    const slits = [-0.2, 0.05, 0.3]
      .map((x) => linePath([pointAt(spot, x, -0.1), pointAt(spot, x - 0.07, 0.1)]))
      .join('');
    return [
      brush.lump(placed(moon, spot), dough, { lift: 11, gloss: 0.14, depth: 0.45 }),
      bake.map((outline) => fill(softPath(outline), shaded(dough, 0.35), 0.22)).join(''),
      rope.join(''),
      stroke(slits, shaded(dough, 0.7), 4, 0.55),
      sprinkled(
        brush,
        random,
        { ...spot, radius: spot.size * 0.4 },
        10,
        random.pick([SESAME, BLACK_SESAME]),
      ),
    ].join('');
  };
}

export const filledPastries: Dish = {
  vessels: ['board', 'leaf tray', ...PLATES],
  eatenWith: ['hands'],
  course: 'main',
  steams: false,
  paint(brush, random, area) {
    const size = area.radius;
    const turn = random.angle();
    const dough = random.pick(['#d8944a', '#cf8a3c', '#e0a85c']);
    const count = random.pick([5, 6]);
    const moons = Array.from({ length: count }, (_, index) => {
      const angle = turn + (index / count) * 2 * Math.PI;
      return {
        ...polar(area, size * 0.6, angle),
        size: size * 0.37,
        angle: angle - Math.PI / 2 + 0.5,
      };
    });
    const pot = partOf(area, 0.25);
    const body = brush.palette.ceramic;
    const leaves = moons.map((spot) => ({
      ...spot,
      ...polar(area, size * 0.55, spot.angle + 2.2),
      size: size * 0.36,
      angle: spot.angle + 2.2,
    }));
    return [
      served(brush, random, leaves, lettuce),
      served(brush, random, moons, pastry(dough)),
      brush.pool(pot, 18, 0.5),
      fill(circlePath(pot, pot.radius), brush.body(body, 0.35)),
      stroke(circlePath(pot, pot.radius * 0.93), brush.palette.glaze, 4),
      fill(circlePath(pot, pot.radius * 0.84), shaded(body, 0.3)),
      dollop(
        brush,
        random,
        { ...area, size: pot.radius * 0.8, angle: turn },
        random.pick(['#b5341c', '#6f9236', '#f6ead0']),
      ),
      served(brush, random, strewn(random, partOf(pot, 0.4), 3, size * 0.06), parsley),
      served(
        brush,
        random,
        moons.slice(0, 2).map((spot) => ({
          ...polar(area, size * 0.9, spot.angle + 1.6),
          size: size * 0.12,
          angle: spot.angle,
        })),
        limeWedge,
      ),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.9), 5, size * 0.07, 3),
        cherryTomato,
        redOnion,
      ),
      stroke(circlePath(pot, pot.radius * 0.97), lit(body, 0.9), 2, 0.7),
      greens(brush, random, partOf(area, 0.9), 3, parsley),
    ].join('');
  },
};
