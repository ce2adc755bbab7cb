import type { Outline, Point } from './outline.ts';

/** Formats with one decimal. Written by hand for speed: a picture has a hundred thousand numbers. */
export function number(value: number): string {
  const tenths = Math.round(value * 10);
  const whole = Math.trunc(tenths / 10);
  const rest = Math.abs(tenths - whole * 10);
  if (rest === 0) return `${whole}`;
  return tenths < 0 && whole === 0 ? `-0.${rest}` : `${whole}.${rest}`;
}

function pair({ x, y }: Point): string {
  return `${number(x)} ${number(y)}`;
}

function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function bend(before: Point, from: Point, to: Point, after: Point): string {
  const first = { x: from.x + (to.x - before.x) / 6, y: from.y + (to.y - before.y) / 6 };
  const second = { x: to.x - (after.x - from.x) / 6, y: to.y - (after.y - from.y) / 6 };
  return `C${pair(first)} ${pair(second)} ${pair(to)}`;
}

/** A smooth closed line through all corners. */
export function softPath(outline: Outline): string {
  const at = (index: number) => outline[(index + outline.length) % outline.length] as Point;
  const bends = outline.map((_, index) =>
    bend(at(index - 1), at(index), at(index + 1), at(index + 2)),
  );
  return `M${pair(at(0))}${bends.join('')}Z`;
}

/** A closed line whose corners are slightly cut off, as by a brush. */
export function cornerPath(outline: Outline, cut = 0.08): string {
  const at = (index: number) => outline[(index + outline.length) % outline.length] as Point;
  const steps = outline.map((corner, index) => {
    const leave = between(corner, at(index + 1), cut);
    const arrive = between(corner, at(index - 1), cut);
    return `${index === 0 ? 'M' : 'L'}${pair(arrive)}Q${pair(corner)} ${pair(leave)}`;
  });
  return `${steps.join('')}Z`;
}

/** A smooth open line through all points. */
export function linePath(points: readonly Point[]): string {
  const at = (index: number) => points[Math.max(0, Math.min(points.length - 1, index))] as Point;
  const bends = points
    .slice(1)
    .map((_, index) => bend(at(index - 1), at(index), at(index + 1), at(index + 2)));
  return `M${pair(at(0))}${bends.join('')}`;
}

export function circlePath({ x, y }: Point, radius: number): string {
  const r = number(radius);
  const turn = `a${r} ${r} 0 1 0`;
  return `M${pair({ x: x - radius, y })}${turn} ${number(2 * radius)} 0${turn} ${number(-2 * radius)} 0Z`;
}

/** A disc with a round hole. The hole runs the other way round, so no fill rule is needed. */
export function hoopPath(centre: Point, outer: number, inner: number): string {
  const r = number(inner);
  const turn = `a${r} ${r} 0 1 1`;
  const hole = `M${pair({ x: centre.x - inner, y: centre.y })}${turn} ${number(2 * inner)} 0${turn} ${number(-2 * inner)} 0Z`;
  return circlePath(centre, outer) + hole;
}

/** An arc. */
export function arcPath(centre: Point, radius: number, from: number, to: number): string {
  const start = { x: centre.x + radius * Math.cos(from), y: centre.y + radius * Math.sin(from) };
  const end = { x: centre.x + radius * Math.cos(to), y: centre.y + radius * Math.sin(to) };
  const large = Math.abs(to - from) > Math.PI ? 1 : 0;
  const sweep = to > from ? 1 : 0;
  return `M${pair(start)}A${number(radius)} ${number(radius)} 0 ${large} ${sweep} ${pair(end)}`;
}
