import type { Area, Point, Spot } from './outline.ts';
import { polar } from './outline.ts';
import type { Random } from './random.ts';

/** A random point of the disc, with equal probability everywhere. */
export function anywhere(random: Random, area: Area, inner = 0): Point {
  const share = inner * inner + (1 - inner * inner) * random.next();
  return polar(area, area.radius * Math.sqrt(share), random.angle());
}

/**
 * Up to `count` spots, at least `size * gap` apart. Each is the best of a few random tries, so they
 * are spread evenly but never in a grid.
 */
export function strewn(random: Random, area: Area, count: number, size: number, gap = 1.7): Spot[] {
  const spots: Spot[] = [];
  for (let index = 0; index < count; index++) {
    const best = farthest(random, area, spots);
    if (best.distance < size * gap) continue;
    spots.push({ ...best.point, size: size * random.between(0.88, 1.12), angle: random.angle() });
  }
  return spots;
}

function farthest(random: Random, area: Area, taken: readonly Point[]) {
  let best = { point: anywhere(random, area), distance: -1 };
  for (let attempt = 0; attempt < 9; attempt++) {
    const point = anywhere(random, area);
    const distance = taken.reduce(
      (least, other) => Math.min(least, Math.hypot(point.x - other.x, point.y - other.y)),
      Number.POSITIVE_INFINITY,
    );
    if (distance > best.distance) best = { point, distance };
  }
  return best;
}

/** Spots on a circle that point outward. */
export function circled(area: Area, count: number, size: number, turn = 0): Spot[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = turn + (index / count) * 2 * Math.PI;
    return { ...polar(area, area.radius, angle), size, angle };
  });
}

/** Spots in a row through the middle of `spot`, along its angle, `step` pixels apart. */
export function lined(spot: Spot, count: number, step: number): Spot[] {
  return Array.from({ length: count }, (_, index) => ({
    ...polar(spot, (index - (count - 1) / 2) * step, spot.angle),
    size: spot.size,
    angle: spot.angle,
  }));
}
