import { fill, stroke } from '../brush.ts';
import { lit, shaded } from '../colour.ts';
import { around, blob, oval, placed, pointAt, segment, spindle, spotAt } from '../outline.ts';
import { circlePath, linePath, softPath } from '../path.ts';
import type { Ingredient } from './ingredient.ts';

interface Peel {
  readonly rind: string;
  readonly flesh: string;
}

const LEMON = { rind: '#f0bd2c', flesh: '#fbdf74' };
const LIME = { rind: '#5f9a34', flesh: '#c4dc7a' };
const ORANGE = { rind: '#e8842a', flesh: '#f7ac48' };

function pips(
  spot: Parameters<Ingredient>[2],
  flesh: string,
  from: number,
  to: number,
  count: number,
) {
  return Array.from({ length: count }, (_, index) => {
    const turn = from + ((index + 0.5) / count) * (to - from);
    const cell = spotAt({ ...spot, angle: spot.angle + turn }, 0.45, 0, 0.34);
    const width = Math.min(0.95, (1.05 * (to - from)) / count);
    const outline = placed(spindle([0.05, width * 0.5, width * 0.85, width, width * 0.6]), cell);
    const glint = placed(spindle([0, 0.12, 0.16, 0]), spotAt(cell, 0.1, -0.12, 0.55));
    return fill(softPath(outline), flesh) + fill(softPath(glint), '#ffffff', 0.4);
  }).join('');
}

function citrusSlice({ rind, flesh }: Peel): Ingredient {
  return (brush, random, spot) =>
    [
      brush.lump(placed(blob(random, 0.02, 1, 14), spot), rind, { lift: 5, gloss: 0 }),
      fill(circlePath(spot, spot.size * 0.89), '#fdf3cf'),
      pips(spot, brush.natural(flesh), 0, 2 * Math.PI, 9),
      fill(circlePath(spot, spot.size * 0.09), '#fdf3cf'),
    ].join('');
}

/** A wedge on its side, with the cut face up and the rind at the back. */
function citrusWedge({ rind, flesh }: Peel): Ingredient {
  return (brush, _random, spot) => {
    const moon = segment(0, Math.PI, 11).map(({ x, y }) => ({ x, y: y * 0.86 - 0.3 }));
    const face = moon.map(({ x, y }) => ({ x: x * 0.88, y: (y + 0.3) * 0.84 - 0.3 }));
    const middle = spotAt(spot, 0, -0.3);
    return [
      brush.lump(placed(moon, spot), rind, { lift: 7, gloss: 0 }),
      fill(softPath(placed(face, spot)), '#fdf0c0'),
      pips({ ...middle, size: spot.size * 0.9 }, brush.natural(flesh), 0.16, Math.PI - 0.16, 4),
    ].join('');
  };
}

export const lemonSlice = citrusSlice(LEMON);
export const limeSlice = citrusSlice(LIME);
export const orangeSlice = citrusSlice(ORANGE);
export const lemonWedge = citrusWedge(LEMON);
export const limeWedge = citrusWedge(LIME);

export const blueberry: Ingredient = (brush, random, spot) => {
  const crown = spotAt(spot, random.between(-0.3, 0.3), random.between(-0.3, 0.3), 0.36);
  const star = around(10, (_angle, index) => (index % 2 ? 0.5 : 1));
  return [
    brush.lump(placed(blob(random, 0.03), spot), random.pick(['#3c4a86', '#46568f', '#343c72']), {
      lift: 5,
      gloss: 0.3,
      depth: 0.55,
    }),
    fill(softPath(placed(star, crown)), '#23264f', 0.85),
    stroke(circlePath(crown, crown.size * 0.8), '#8a97c8', 1.2, 0.5),
  ].join('');
};

export const raspberry: Ingredient = (brush, random, spot) => {
  const rows: readonly [number, number][] = [
    [0.72, 10],
    [0.38, 6],
    [0, 1],
  ];
  const beads = rows.flatMap(([reach, count]) =>
    Array.from({ length: count }, (_, index) => {
      const turn = (index / count) * 2 * Math.PI + reach;
      const bead = spotAt(spot, reach * Math.cos(turn), reach * Math.sin(turn), 0.3);
      return brush.lump(placed(oval(1, 8), bead), random.pick(['#c22c4c', '#d23c5a', '#b5233f']), {
        lift: 1.5,
        gloss: 0.5,
      });
    }),
  );
  const base = circlePath(spot, spot.size * 0.92);
  return brush.contact(base, 6) + fill(base, '#7d1730') + beads.join('');
};

const HEART = [
  { x: 1, y: 0 },
  { x: 0.5, y: -0.52 },
  { x: -0.2, y: -0.74 },
  { x: -0.7, y: -0.5 },
  { x: -0.72, y: 0 },
  { x: -0.7, y: 0.5 },
  { x: -0.2, y: 0.74 },
  { x: 0.5, y: 0.52 },
] as const;

/** Cut lengthwise, with the cut face up. */
export const strawberry: Ingredient = (brush, _random, spot) => {
  const rays = [-0.5, -0.25, 0, 0.25, 0.5].map((y) =>
    linePath([
      pointAt(spot, -0.1 + 0.2 * Math.abs(y), y * 0.3),
      pointAt(spot, 0.3 - Math.abs(y) * 0.4, y),
    ]),
  );
  return [
    brush.lump(placed(HEART, spot), '#cf2c30', { lift: 5, gloss: 0 }),
    fill(softPath(placed(HEART, spotAt(spot, 0, 0, 0.84))), brush.body('#ea6a5c', 0.16)),
    fill(
      softPath(placed(spindle([0.1, 0.3, 0.3, 0.05]), spotAt(spot, -0.12, 0, 0.5))),
      '#fbd9c8',
      0.9,
    ),
    stroke(rays.join(''), '#fbd9c8', 1.6, 0.7),
  ].join('');
};

export const kiwi: Ingredient = (brush, random, spot) => {
  const seeds = Array.from({ length: 16 }, (_, index) => {
    const at = { ...spot, angle: (index / 16) * 2 * Math.PI };
    return fill(
      softPath(placed(spindle([0, 0.45, 0.5, 0]), spotAt(at, random.between(0.36, 0.44), 0, 0.08))),
      '#2b2a1c',
    );
  });
  return [
    brush.lump(placed(blob(random, 0.03, 0.94, 14), spot), '#8fb23c', { lift: 5, gloss: 0 }),
    fill(circlePath(spot, spot.size * 0.86), brush.body('#a9c850', 0.16)),
    fill(
      softPath(
        placed(
          around(18, (_angle, index) => (index % 2 ? 0.3 : 0.52)),
          spot,
        ),
      ),
      '#d4e08a',
      0.8,
    ),
    fill(circlePath(spot, spot.size * 0.24), '#f1f0c4'),
    seeds.join(''),
  ].join('');
};

export const fig: Ingredient = (brush, random, spot) => {
  const seeds = Array.from({ length: 22 }, () => {
    const turn = random.angle();
    const reach = random.between(0.12, 0.6);
    return fill(
      circlePath(pointAt(spot, reach * Math.cos(turn), reach * Math.sin(turn)), spot.size * 0.045),
      '#f2c98c',
      0.85,
    );
  });
  return [
    brush.lump(placed(blob(random, 0.04, 1, 12), spot), '#4d2a4a', { lift: 5, gloss: 0 }),
    fill(circlePath(spot, spot.size * 0.86), '#f0d7b0'),
    fill(
      softPath(placed(blob(random, 0.08, 1, 12), spotAt(spot, 0, 0, 0.7))),
      brush.body('#c2414f', 0.3),
    ),
    seeds.join(''),
  ].join('');
};

export const pomegranateSeed: Ingredient = (brush, random, spot) =>
  brush.lump(
    placed(spindle([0.3, 0.7, 0.75, 0.4, 0.05]), spot),
    random.pick(['#b5203f', '#cc2f4b', '#9a1835']),
    { lift: 2.5, gloss: 0.6 },
  );

export const peachSlice: Ingredient = (brush, _random, spot) => {
  const moon = spindle([0.04, 0.26, 0.36, 0.36, 0.26, 0.04]).map(({ x, y }) => ({
    x,
    y: y - 0.3 * (1 - x * x),
  }));
  const colour = brush.natural('#f0a23e');
  const blush = moon.map(({ x, y }) => ({ x: x * 0.9, y: y * 0.4 - 0.42 * (1 - x * x) }));
  return (
    brush.lump(placed(moon, spot), colour, { lift: 4, gloss: 0.5 }) +
    fill(softPath(placed(blush, spot)), '#d4502c', 0.4)
  );
};

export const bananaCoin: Ingredient = (brush, random, spot) =>
  [
    brush.lump(placed(blob(random, 0.03, 1, 12), spot), '#ecd08a', { lift: 4, gloss: 0 }),
    fill(circlePath(spot, spot.size * 0.84), lit('#f4e0a4', 0.2)),
    ...[0, 2.1, 4.2].map((turn) =>
      fill(
        softPath(
          placed(
            spindle([0, 0.3, 0.3, 0]),
            spotAt({ ...spot, angle: spot.angle + turn }, 0.2, 0, 0.16),
          ),
        ),
        shaded('#cfa658', 0.2),
        0.7,
      ),
    ),
  ].join('');
