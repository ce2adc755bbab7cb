import type { Random } from './random.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The corners of a closed shape, in order. A unit outline has a radius of about 1. */
export type Outline = readonly Point[];

/** Where something is: its middle, its half width in pixels, and the angle it points to. */
export interface Spot extends Point {
  readonly size: number;
  readonly angle: number;
}

/** A round area to draw in. */
export interface Area extends Point {
  readonly radius: number;
}

export function polar(centre: Point, radius: number, angle: number): Point {
  return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
}

/** A point in the coordinates of a spot: (1, 0) is its tip. */
export function pointAt(spot: Spot, x: number, y: number): Point {
  const cos = Math.cos(spot.angle) * spot.size;
  const sin = Math.sin(spot.angle) * spot.size;
  return { x: spot.x + x * cos - y * sin, y: spot.y + x * sin + y * cos };
}

/** A spot inside a spot. `size` is a share of the outer size; `angle` is added to the outer angle. */
export function spotAt(spot: Spot, x: number, y: number, size = 1, angle = 0): Spot {
  return { ...pointAt(spot, x, y), size: spot.size * size, angle: spot.angle + angle };
}

export function placed(outline: Outline, spot: Spot): Outline {
  return outline.map((point) => pointAt(spot, point.x, point.y));
}

/** A unit outline whose radius depends on the angle. */
export function around(count: number, radiusAt: (angle: number, index: number) => number): Outline {
  return Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI;
    return polar({ x: 0, y: 0 }, radiusAt(angle, index), angle);
  });
}

export function oval(height = 1, count = 12): Outline {
  return around(count, () => 1).map(({ x, y }) => ({ x, y: y * height }));
}

/** A random roundish outline. */
export function blob(random: Random, wobble = 0.1, height = 1, count = 10): Outline {
  const bumps = around(count, () => 1 + random.between(-wobble, wobble));
  return bumps.map(({ x, y }) => ({ x, y: y * height }));
}

/** A long outline from (-1, 0) to (1, 0), with these half widths along it. */
export function spindle(halfWidths: readonly number[]): Outline {
  const step = 2 / (halfWidths.length - 1);
  const upper = halfWidths.map((width, index) => ({ x: -1 + index * step, y: -width }));
  const lower = halfWidths.map((width, index) => ({ x: -1 + index * step, y: width }));
  return [...upper, ...lower.slice(1, -1).reverse()];
}

/** A rectangle. A smooth path rounds its corners. */
export function slab(height: number, corner = 0.18): Outline {
  const [c, h] = [Math.min(corner, height / 2), height];
  return [
    { x: -1 + c, y: -h },
    { x: 0, y: -h },
    { x: 1 - c, y: -h },
    { x: 1, y: -h + c },
    { x: 1, y: h - c },
    { x: 1 - c, y: h },
    { x: 0, y: h },
    { x: -1 + c, y: h },
    { x: -1, y: h - c },
    { x: -1, y: -h + c },
  ];
}

/** Part of a circle, closed by its chord. By default a half moon. */
export function segment(from = 0, to = Math.PI, count = 9): Outline {
  const arc = Array.from({ length: count }, (_, index) => {
    return polar({ x: 0, y: 0 }, 1, from + ((to - from) * index) / (count - 1));
  });
  return arc;
}

/** Moves a point a little at random, so that an outline looks drawn by hand. */
export function jittered(outline: Outline, random: Random, most: number): Outline {
  return outline.map(({ x, y }) => ({
    x: x + random.between(-most, most),
    y: y + random.between(-most, most),
  }));
}
