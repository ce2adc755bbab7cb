import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import { around, jittered, placed, pointAt, spindle, spotAt } from '../outline.ts';
import { linePath, softPath } from '../path.ts';
import type { Ingredient } from './ingredient.ts';

const GREENS = ['#4f8a34', '#5c9a3a', '#3f7a38', '#6aa544'] as const;

function veined(
  halfWidths: readonly number[],
  colours: readonly Colour[],
  frill = 0.02,
): Ingredient {
  return (brush, random, spot) => {
    const colour = brush.natural(random.pick(colours));
    const outline = placed(jittered(spindle(halfWidths), random, frill), spot);
    const path = softPath(outline);
    const rib = [-0.98, -0.3, 0.4, 0.92].map((x) => pointAt(spot, x, 0.04 * Math.sin(3 * x)));
    const veins = [-0.5, -0.15, 0.2, 0.5].flatMap((x) =>
      [-1, 1].map((side) =>
        linePath([
          pointAt(spot, x, 0),
          pointAt(spot, x + 0.22, side * 0.6 * (halfWidths[2] ?? 0.4)),
        ]),
      ),
    );
    const half = [
      pointAt(spot, -1, 0),
      ...outline.slice(0, halfWidths.length),
      pointAt(spot, 1, 0),
    ];
    return [
      brush.contact(path, Math.max(2, spot.size * 0.09)),
      fill(path, brush.body(colour, 0.3)),
      fill(softPath(half), lit(colour, 0.4), 0.22),
      stroke(veins.join(''), lit(colour, 0.45), Math.max(1, spot.size * 0.03), 0.5),
      stroke(linePath(rib), lit(colour, 0.6), Math.max(1.2, spot.size * 0.055), 0.75),
      stroke(path, shaded(colour, 0.5), 1.1, 0.4),
    ].join('');
  };
}

export const basil = veined([0, 0.34, 0.52, 0.56, 0.46, 0.26, 0], GREENS);
export const mint = veined(
  [0, 0.3, 0.36, 0.5, 0.4, 0.42, 0.26, 0.22, 0],
  ['#4c9150', '#5da65a', '#3d8148'],
  0.03,
);
export const bayLeaf = veined([0, 0.2, 0.3, 0.31, 0.26, 0.14, 0], ['#6b7a3c', '#7a8a48']);
export const spinach = veined(
  [0.02, 0.42, 0.5, 0.44, 0.36, 0.2, 0],
  ['#3f7d3a', '#4d8c3c', '#2f6b35'],
  0.04,
);
export const chicory = veined([0.05, 0.22, 0.4, 0.46, 0.4, 0.2, 0], ['#8a2f4d', '#a3405c'], 0.04);

/** The end of a sprig: three lobes, each divided again. */
export const parsley: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(GREENS));
  const turn = random.between(-0.2, 0.2);
  const outline = around(30, (angle, index) => {
    const lobes = 0.62 + 0.34 * Math.cos(3 * (angle + turn));
    return Math.max(0.26, lobes) * (index % 2 === 0 ? 1 : 0.8);
  });
  const path = softPath(placed(outline, spot));
  const veins = [0, 2.09, 4.19].map((angle) =>
    linePath([
      pointAt(spot, 0, 0),
      pointAt(spot, 0.7 * Math.cos(angle - turn), 0.7 * Math.sin(angle - turn)),
    ]),
  );
  return [
    brush.contact(path, Math.max(2, spot.size * 0.12)),
    fill(path, brush.body(colour, 0.28)),
    stroke(veins.join(''), lit(colour, 0.5), 1.4, 0.6),
    stroke(path, shaded(colour, 0.5), 1, 0.35),
  ].join('');
};

/** A stem with pairs of leaflets. */
export const sprig: Ingredient = (brush, random, spot) => {
  const colour = mix(random.pick(GREENS), '#8a9a78', random.between(0, 0.5));
  const curl = random.between(-0.25, 0.25);
  const stem = [-1, -0.4, 0.2, 0.8].map((x) => pointAt(spot, x, curl * (1 - x * x)));
  const leaf = veined([0, 0.26, 0.34, 0.3, 0.18, 0], [colour]);
  const leaves = [-0.7, -0.38, -0.05, 0.28, 0.58].flatMap((x) =>
    [-1, 1].map((side) => {
      const lean = side * random.between(0.7, 1);
      const length = 0.3 * (1.1 - 0.35 * (x + 0.7));
      const y = curl * (1 - x * x);
      return leaf(
        brush,
        random,
        spotAt(spot, x + 0.18, y + side * 0.24 * (1.1 - 0.3 * x), length, lean),
      );
    }),
  );
  const tip = leaf(brush, random, spotAt(spot, 0.95, 0, 0.24, 0));
  return (
    brush.strand(stem, shaded(colour, 0.1), Math.max(2, spot.size * 0.05), 3) +
    leaves.join('') +
    tip
  );
};

/** Feathery leaves such as dill. */
export const dill: Ingredient = (brush, random, spot) => {
  const colour = brush.natural('#5f9440');
  const bend = random.between(-0.3, 0.3);
  const lines = [linePath([-1, -0.3, 0.4, 1].map((x) => pointAt(spot, x, bend * (1 - x * x))))];
  for (let x = -0.6; x < 1; x += 0.13) {
    for (const side of [-1, 1]) {
      const reach = 0.42 * (1 - 0.5 * Math.abs(x)) * random.between(0.7, 1.1);
      const y = bend * (1 - x * x);
      lines.push(
        linePath([
          pointAt(spot, x, y),
          pointAt(spot, x + 0.16, y + side * reach * 0.6),
          pointAt(spot, x + 0.34, y + side * reach),
        ]),
      );
    }
  }
  const path = lines.join('');
  return [
    stroke(path, brush.palette.shadow, 2.6, 0.25, 'translate(3 4)'),
    stroke(path, shaded(colour, 0.25), 2.6),
    stroke(path, lit(colour, 0.25), 1.3, 0.9),
  ].join('');
};

/** One big frilled salad leaf with a pale rib at its base. */
export const lettuce: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#86b84a', '#74a83e', '#9ac45c', '#5f9a3c']));
  const widths = [0.1, 0.3, 0.52, 0.66, 0.72, 0.6, 0.36, 0];
  const frilled = jittered(
    spindle(widths.flatMap((width) => [width, width * random.between(0.86, 1.12)])),
    random,
    0.06,
  );
  const outline = placed(frilled, spot);
  const path = softPath(outline);
  const heart = placed(
    jittered(spindle([0.05, 0.16, 0.2, 0.14, 0.06, 0]), random, 0.02),
    spotAt(spot, -0.25, 0, 0.72),
  );
  const folds = [-0.4, -0.1, 0.2, 0.45].flatMap((x) =>
    [-1, 1].map((side) =>
      linePath([
        pointAt(spot, x, 0),
        pointAt(spot, x + 0.2, side * 0.24),
        pointAt(spot, x + 0.3, side * 0.5),
      ]),
    ),
  );
  return [
    brush.contact(path, 6),
    fill(path, brush.body(colour, 0.34)),
    fill(softPath(heart), lit(colour, 0.75), 0.6),
    stroke(folds.join(''), lit(colour, 0.6), 2, 0.5),
    stroke(path, lit(colour, 0.4), 2.2, 0.55),
  ].join('');
};
