import type { Brush, Svg } from '../../brush.ts';
import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import { lemonSlice, lemonWedge, limeSlice } from '../../ingredients/fruit.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { CHILLI_FLAKES, PEPPERCORNS, sprinkled } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { dill, lettuce, parsley, sprig } from '../../ingredients/leaves.ts';
import { cherryTomato, greenBean, olive, potato, redOnion } from '../../ingredients/vegetables.ts';
import { placed, pointAt, polar, type Spot, spindle, spotAt } from '../../outline.ts';
import { circlePath, linePath, softPath } from '../../path.ts';
import type { Random } from '../../random.ts';
import { lined, strewn } from '../../scatter.ts';
import type { Dish } from '../dish.ts';

/** A whole fish. Its head points along the angle of the spot. */
function fish(brush: Brush, random: Random, spot: Spot): Svg {
  const skin = random.pick(['#93a0a8', '#cf6e52', '#7f929c', '#d98a5a']);
  const body = spindle([0.08, 0.16, 0.29, 0.38, 0.4, 0.35, 0.23, 0.03]);
  const trunk = placed(body, spot);
  const path = softPath(trunk);
  const fin = (x: number, y: number, size: number, turn: number) =>
    brush.lump(
      placed(spindle([0.24, 0.34, 0.36, 0.3, 0.02]), spotAt(spot, x, y, size, turn)),
      shaded(skin, 0.2),
      { lift: 5, gloss: 0 },
    );
  const scales = Array.from({ length: 13 }, (_, column) =>
    [-0.2, -0.12, -0.04, 0.04, 0.12, 0.2]
      .map((y, row) => {
        const x = -0.72 + column * 0.09 + (row % 2) * 0.045;
        return linePath([
          pointAt(spot, x, y - 0.035),
          pointAt(spot, x - 0.035, y),
          pointAt(spot, x, y + 0.035),
        ]);
      })
      .join(''),
  ).join('');
  const marks = [-0.45, -0.22, 0.01, 0.24]
    .map((x) =>
      linePath([
        pointAt(spot, x + 0.09, -0.32),
        pointAt(spot, x, 0),
        pointAt(spot, x - 0.06, 0.32),
      ]),
    )
    .join('');
  const gill = linePath([
    pointAt(spot, 0.52, -0.24),
    pointAt(spot, 0.45, 0),
    pointAt(spot, 0.52, 0.24),
  ]);
  const eye = pointAt(spot, 0.74, -0.07);
  const back = placed(
    body.map(({ x, y }) => ({ x, y: y < 0 ? y : y * -0.2 })),
    spot,
  );
  return [
    fin(-1.12, -0.17, 0.3, 0.62 + Math.PI),
    fin(-1.12, 0.17, 0.3, -0.62 + Math.PI),
    fin(-0.05, -0.42, 0.26, 0.2),
    fin(0.1, 0.39, 0.16, -0.5),
    brush.lump(trunk, skin, { lift: 12, gloss: 0, depth: 0.4 }),
    brush.within(
      path,
      [
        fill(softPath(back), shaded(skin, 0.5), 0.35),
        stroke(scales, lit(skin, 0.7), 2, 0.4),
        stroke(marks, '#2a120c', spot.size * 0.035, 0.6),
        stroke(marks, '#7a3a1c', spot.size * 0.075, 0.3),
      ].join(''),
    ),
    stroke(gill, shaded(skin, 0.6), 4, 0.6),
    fin(0.36, 0.06, 0.15, Math.PI + 0.3),
    fill(circlePath(eye, spot.size * 0.036), '#e8d9b0'),
    fill(circlePath(eye, spot.size * 0.024), '#241a1c'),
    stroke(
      linePath([pointAt(spot, 0.99, 0.02), pointAt(spot, 0.88, 0.05)]),
      shaded(skin, 0.7),
      3,
      0.7,
    ),
  ].join('');
}

export const grilledFish: Dish = {
  // Clay and wood are left out: they have the colour of the fish.
  vessels: ['leaf tray', 'porcelain plate', 'folk plate', 'monochrome plate', 'enamel plate'],
  eatenWith: ['fork and knife'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const size = area.radius;
    const angle =
      random.pick([-0.5, 0.4, Math.PI - 0.4, Math.PI + 0.5]) + random.between(-0.15, 0.15);
    const across = angle + Math.PI / 2;
    const citrus = random.pick([lemonSlice, limeSlice]);
    const below = { ...polar(area, size * 0.56, across), radius: size * 0.34 };
    const above = { ...polar(area, size * -0.56, across), radius: size * 0.3 };
    const leaves = [-0.6, -0.2, 0.2, 0.6].map((shift) => ({
      ...polar(above, size * shift, angle),
      size: size * 0.34,
      angle: across + Math.PI + shift,
    }));
    return [
      served(brush, random, leaves, lettuce),
      served(
        brush,
        random,
        strewn(random, { ...below, radius: size * 0.38 }, 15, size * 0.12, 1.35),
        potato,
        potato,
        random.pick([greenBean, potato]),
      ),
      served(brush, random, strewn(random, above, 9, size * 0.085, 1.7), cherryTomato, olive),
      served(brush, random, strewn(random, above, 4, size * 0.1), redOnion),
      fish(brush, random, { ...area, size: size * 0.86, angle }),
      served(
        brush,
        random,
        lined({ ...polar(area, size * 0.02, across), size: size * 0.15, angle }, 3, size * 0.27),
        citrus,
      ),
      sprig(brush, random, {
        ...polar(area, size * 0.1, across),
        size: size * 0.3,
        angle: angle + 0.35,
      }),
      served(
        brush,
        random,
        [{ ...polar(below, size * 0.36, angle + Math.PI), size: size * 0.15, angle: across }],
        lemonWedge,
      ),
      greens(brush, random, below, 5, parsley, dill),
      sprinkled(brush, random, partOf(area, 0.75), 50, PEPPERCORNS),
      sprinkled(brush, random, partOf(area, 0.75), 26, CHILLI_FLAKES),
    ].join('');
  },
};
