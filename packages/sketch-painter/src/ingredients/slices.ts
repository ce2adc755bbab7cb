import { fill, stroke } from '../brush.ts';
import { around, blob, placed, pointAt, spindle, spotAt } from '../outline.ts';
import { circlePath, linePath, softPath } from '../path.ts';
import type { Ingredient } from './ingredient.ts';

/** A round slice: rind, flesh and core. */
function slice(
  rind: string,
  flesh: string,
  inside: (...piece: Parameters<Ingredient>) => string,
): Ingredient {
  return (brush, random, spot) => {
    const outline = placed(blob(random, 0.03, 1, 14), spot);
    const core = placed(blob(random, 0.03, 1, 14), spotAt(spot, 0, 0, 0.88));
    return [
      brush.lump(outline, brush.natural(rind), { lift: Math.max(3, spot.size * 0.12), gloss: 0 }),
      fill(softPath(core), brush.body(brush.natural(flesh), 0.18)),
      inside(brush, random, spot),
    ].join('');
  };
}

export const tomatoSlice = slice('#c8301f', '#e2563a', (_brush, random, spot) => {
  const chambers = Math.round(random.between(4, 6));
  return Array.from({ length: chambers }, (_, index) => {
    const turn = (index / chambers) * 2 * Math.PI;
    const cell = spotAt({ ...spot, angle: spot.angle + turn }, 0.5, 0, 0.27);
    const seeds = [-0.4, 0.1, 0.5].map((x) =>
      fill(circlePath(pointAt(cell, x, random.between(-0.4, 0.4)), spot.size * 0.045), '#f8d98e'),
    );
    return (
      fill(softPath(placed(spindle([0.2, 0.8, 0.95, 0.7, 0.3]), cell)), '#b93220', 0.75) +
      seeds.join('')
    );
  }).join('');
});

export const cucumberSlice = slice('#3f7a34', '#d3e5a5', (_brush, _random, spot) => {
  const seeds = Array.from({ length: 9 }, (_, index) => {
    const at = { ...spot, angle: spot.angle + (index / 9) * 2 * Math.PI };
    return fill(
      softPath(placed(spindle([0, 0.4, 0.45, 0]), spotAt(at, 0.4, 0, 0.14))),
      '#f4f6d8',
      0.95,
    );
  });
  return fill(circlePath(spot, spot.size * 0.56), '#b7d488', 0.7) + seeds.join('');
});

export const radishSlice = slice('#c62f58', '#fbeef0', (_brush, random, spot) =>
  Array.from({ length: 7 }, () => {
    const turn = random.angle();
    const line = [0.1, 0.6].map((r) => pointAt(spot, r * Math.cos(turn), r * Math.sin(turn)));
    return stroke(linePath(line), '#e9b9c6', 1.4, 0.7);
  }).join(''),
);

export const carrotCoin = slice('#d96a1c', '#ee8c35', (_brush, _random, spot) =>
  fill(
    softPath(
      placed(
        around(12, (_angle, index) => (index % 2 ? 0.3 : 0.42)),
        spot,
      ),
    ),
    '#f7b05a',
    0.85,
  ),
);

export const beetSlice = slice('#5f1531', '#8d2349', (_brush, _random, spot) =>
  [0.72, 0.5, 0.28]
    .map((r) => stroke(circlePath(spot, spot.size * r), '#b95277', 1.5, 0.55))
    .join(''),
);
