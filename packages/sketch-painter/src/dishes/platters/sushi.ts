import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import { partOf, posy } from '../../ingredients/garnish.ts';
import { SESAME, sprinkled, strewnGrains, WHITE_RICE } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { mint } from '../../ingredients/leaves.ts';
import { dollop } from '../../ingredients/sauces.ts';
import { pickledGinger } from '../../ingredients/vegetables.ts';
import { blob, jittered, placed, pointAt, polar, slab, spotAt } from '../../outline.ts';
import { circlePath, cornerPath, linePath, softPath } from '../../path.ts';
import { anywhere, lined, strewn } from '../../scatter.ts';
import type { Dish } from '../dish.ts';

const FILLINGS = ['#ee8a5a', '#f2b23c', '#7fae45', '#d9434a', '#f5d98a', '#a9c66a'] as const;

/** A roll on its end: seaweed, rice and three fillings. */
const roll: Ingredient = (brush, random, spot) => {
  const grains = Array.from({ length: 46 }, () =>
    anywhere(random, { ...spot, radius: spot.size * 0.8 }, 0.5),
  );
  const fillings = random.sample(FILLINGS, 3).map((colour, index) => {
    const at = spotAt({ ...spot, angle: spot.angle + index * 2.1 }, 0.2, 0, 0.26);
    return brush.lump(placed(blob(random, 0.16, 0.9, 7), at), colour, { lift: 1.5, gloss: 0.25 });
  });
  return [
    brush.lump(placed(blob(random, 0.02, 1, 14), spot), '#27332b', { lift: 10, gloss: 0 }),
    fill(circlePath(spot, spot.size * 0.9), brush.body('#efe6d2', 0.3)),
    strewnGrains(brush, random, grains, { ...WHITE_RICE, length: 6, width: 5 }),
    fill(circlePath(spot, spot.size * 0.46), '#5a6a48', 0.5),
    fillings.join(''),
  ].join('');
};

function nigiri(colour: string, marks: 'stripes' | 'band' | 'fan'): Ingredient {
  return (brush, random, spot) => {
    const rice = placed(blob(random, 0.03, 0.5, 14), spotAt(spot, 0, 0.05, 0.92));
    const grains = Array.from({ length: 44 }, () => {
      const at = anywhere(random, { x: 0, y: 0, radius: 0.86 });
      return pointAt(spot, at.x, at.y * 0.5 + 0.05);
    });
    const top = jittered(slab(0.42, 0.26), random, 0.02);
    const path = softPath(placed(top, spot));
    const lines = [-0.7, -0.45, -0.2, 0.05, 0.3, 0.55].map((x) =>
      linePath([
        pointAt(spot, x, -0.42),
        pointAt(spot, x + 0.12, -0.1),
        pointAt(spot, x + (marks === 'fan' ? 0.3 : 0.16), 0.42),
      ]),
    );
    const band = cornerPath(
      placed(slab(0.47, 0.02), { ...spotAt(spot, 0, 0), size: spot.size }).map((corner) => corner),
      0.1,
    );
    const belt = [pointAt(spot, 0, -0.44), pointAt(spot, 0, 0.46)];
    return [
      brush.lump(rice, '#f3ead6', { lift: 9, gloss: 0 }),
      strewnGrains(brush, random, grains, { ...WHITE_RICE, length: 6, width: 5 }),
      brush.lump(placed(top, spot), colour, { lift: 4, gloss: 0.3 }),
      brush.within(
        path,
        marks === 'band' ? '' : stroke(lines.join(''), lit(colour, 0.85), spot.size * 0.05, 0.7),
      ),
      marks === 'band' ? stroke(linePath(belt), '#26322b', spot.size * 0.24) : '',
      stroke(band, shaded(colour, 0.4), 1, 0.2),
    ].join('');
  };
}

const NIGIRI = [
  nigiri('#f08a58', 'stripes'),
  nigiri('#c93a48', 'fan'),
  nigiri('#f4cf62', 'band'),
  nigiri('#f6b49a', 'fan'),
  nigiri('#f7e7d4', 'stripes'),
];

export const sushi: Dish = {
  vessels: ['board', 'stoneware plate', 'monochrome plate', 'leaf tray'],
  eatenWith: ['chopsticks'],
  course: 'main',
  steams: false,
  paint(brush, random, area) {
    const angle = random.pick([-0.5, 0.5, 0.3, -0.3]);
    const across = angle + Math.PI / 2;
    const size = area.radius * 1.12;
    const row = (shift: number, count: number, piece: number, step: number) =>
      lined(
        { ...polar(area, size * shift, across), size: size * piece, angle },
        count,
        size * step,
      );
    const kinds = random.sample(NIGIRI, 3);
    const upright = row(-0.36, 4, 0.3, 0.37).map((spot) => ({ ...spot, angle: across + 0.12 }));
    const corner = polar(area, size * 0.72, across);
    return [
      upright
        .map((spot, index) => (kinds[index % kinds.length] ?? roll)(brush, random, spot))
        .join(''),
      served(brush, random, row(0.16, 5, 0.165, 0.355), roll),
      served(
        brush,
        random,
        row(0.52, 3, 0.165, 0.355).map((spot) => ({
          ...spot,
          ...polar(spot, size * 0.2, angle + Math.PI),
        })),
        roll,
      ),
      served(
        brush,
        random,
        strewn(
          random,
          { ...polar(corner, size * 0.42, angle), radius: size * 0.12 },
          9,
          size * 0.1,
          0.4,
        ),
        pickledGinger,
      ),
      dollop(
        brush,
        random,
        {
          ...polar(polar(area, size * 0.46, across), size * 0.66, angle),
          size: size * 0.085,
          angle,
        },
        '#9dbb54',
      ),
      posy(brush, random, { ...polar(area, size * 0.8, across), radius: size * 0.12 }, mint),
      sprinkled(brush, random, partOf(area, 0.8), 40, SESAME),
    ].join('');
  },
};
