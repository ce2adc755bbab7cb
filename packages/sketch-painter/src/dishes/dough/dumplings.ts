import type { Brush, Svg } from '../../brush.ts';
import { fill, stroke } from '../../brush.ts';
import { lit, mix, shaded } from '../../colour.ts';
import { partOf, posy } from '../../ingredients/garnish.ts';
import { BLACK_SESAME, SESAME, sprinkled } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { lettuce, mint, parsley } from '../../ingredients/leaves.ts';
import { carrotCoin } from '../../ingredients/slices.ts';
import { chilliRing, springOnion } from '../../ingredients/vegetables.ts';
import { around, blob, jittered, placed, pointAt, spindle, spotAt } from '../../outline.ts';
import { circlePath, linePath, softPath } from '../../path.ts';
import { circled, strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

/** A round dumpling with pleats that meet in a knot. */
function gathered(dough: string): Ingredient {
  return (brush, random, spot) => {
    const pleats = 13;
    const skin = placed(
      around(pleats * 2, (_angle, index) => (index % 2 ? 0.97 : 1.02)),
      spot,
    );
    const folds = Array.from({ length: pleats }, (_, index) => {
      const turn = (index / pleats) * 2 * Math.PI;
      const on = (reach: number, lean: number) =>
        pointAt(spot, reach * Math.cos(turn + lean), reach * Math.sin(turn + lean));
      return linePath([on(0.14, 0.9), on(0.4, 0.5), on(0.66, 0.16), on(0.86, 0)]);
    }).join('');
    const knot = placed(blob(random, 0.12, 0.9, 9), spotAt(spot, 0, 0, 0.24));
    return [
      brush.lump(skin, dough, { lift: 12, gloss: 0, depth: 0.52 }),
      stroke(folds, shaded(dough, 0.5), spot.size * 0.06, 0.35, 'translate(1.5 2)'),
      stroke(folds, lit(dough, 0.9), spot.size * 0.05, 0.7),
      brush.lump(knot, shaded(dough, 0.06), { lift: 3, gloss: 0 }),
    ].join('');
  };
}

/** A half moon with a crimped edge. Some are fried on one side. */
function folded(dough: string, fried: string): Ingredient {
  return (brush, random, spot) => {
    const moon = spindle([0.05, 0.36, 0.52, 0.56, 0.52, 0.36, 0.05]).map(({ x, y }) => ({
      x,
      y: y - 0.42 * (1 - x * x) + 0.2,
    }));
    const belly = spindle([0.04, 0.26, 0.36, 0.38, 0.36, 0.26, 0.04]).map(({ x, y }) => ({
      x: x * 0.9,
      y: y - 0.22 * (1 - x * x) + 0.22,
    }));
    const toast = placed(jittered(belly, random, 0.02), spotAt(spot, 0, 0.2, 0.72));
    const crimps = Array.from({ length: 9 }, (_, index) => {
      const x = -0.8 + index * 0.2;
      const y = -0.36 - 0.42 * (1 - x * x) * 1.1 + 0.28 * x * x;
      return linePath([pointAt(spot, x, y + 0.1), pointAt(spot, x * 0.92 + 0.04, y + 0.34)]);
    }).join('');
    return [
      brush.lump(placed(jittered(moon, random, 0.015), spot), dough, {
        lift: 9,
        gloss: 0,
        depth: 0.4,
      }),
      brush.lump(placed(belly, spot), lit(dough, 0.2), { lift: 2, gloss: 0.3, depth: 0.3 }),
      brush.within(softPath(placed(belly, spot)), fill(softPath(toast), fried, 0.5)),
      stroke(crimps, shaded(dough, 0.5), 2.4, 0.45, 'translate(1 1.5)'),
      stroke(crimps, lit(dough, 0.8), 2, 0.6),
    ].join('');
  };
}

function dip(brush: Brush, at: { x: number; y: number; radius: number }, colour: string): Svg {
  const body = brush.palette.ceramic;
  return [
    brush.pool(at, 14, 0.5),
    fill(circlePath(at, at.radius), brush.body(body, 0.3)),
    stroke(circlePath(at, at.radius * 0.95), brush.palette.glaze, 3),
    fill(circlePath(at, at.radius * 0.8), brush.body(shaded(body, 0.2), 0.3)),
    fill(circlePath(at, at.radius * 0.74), brush.body(colour, 0.4)),
  ].join('');
}

export const dumplings: Dish = {
  vessels: ['steamer', 'steamer', ...PLATES],
  eatenWith: ['chopsticks', 'fork and knife'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const dough = random.pick(['#f7ead0', '#f2dcae', '#dfe6b4', '#f4e0c4']);
    const round = random.chance(0.5);
    const piece = round ? gathered(dough) : folded(dough, mix(dough, '#b0641c', 0.75));
    const turn = random.angle();
    const count = round ? 6 : 8;
    const outer = circled(partOf(area, 0.66), count, area.radius * (round ? 0.28 : 0.33), turn).map(
      (spot) => ({ ...spot, angle: spot.angle + (round ? random.angle() : Math.PI / 2 + 0.35) }),
    );
    const bed = circled(partOf(area, 0.5), 7, area.radius * 0.42, turn + 0.2);
    const middle = partOf(area, 0.26);
    const heart = round
      ? piece(brush, random, { ...area, size: area.radius * 0.28, angle: turn })
      : dip(brush, partOf(area, 0.25), random.pick(['#4a2016', '#a8341c', '#7a5a1c']));
    return [
      served(brush, random, bed, lettuce),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.94), 10, area.radius * 0.07, 2.2),
        carrotCoin,
        parsley,
      ),
      served(brush, random, outer, piece),
      heart,
      served(
        brush,
        random,
        strewn(
          random,
          round ? partOf(area, 0.8) : partOf(middle, 0.5),
          round ? 9 : 4,
          area.radius * 0.045,
          2.4,
        ),
        springOnion,
        chilliRing,
      ),
      sprinkled(brush, random, partOf(area, 0.85), 70, random.pick([SESAME, BLACK_SESAME])),
      round ? posy(brush, random, partOf(area, 0.13, 0.28, 0.3), mint) : '',
    ].join('');
  },
};
