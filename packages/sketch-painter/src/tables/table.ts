import type { Brush, Svg } from '../brush.ts';
import type { Random } from '../random.ts';

/** Pixels along each side of a picture. */
export const SIDE = 1024;

/** Paints the table, which fills the picture. */
export type Table = (brush: Brush, random: Random) => Svg;

/** A rectangle larger than the picture, so that it still covers it when turned. */
export const SHEET = { x: -200, y: -200, width: SIDE + 400, height: SIDE + 400 } as const;

export function sheet(paint: string, opacity = 1): Svg {
  const { x, y, width, height } = SHEET;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${paint}" fill-opacity="${opacity}"/>`;
}

/** Repeats `body` every `width` by `height` pixels. Returns the pattern as a paint. */
export function repeated(brush: Brush, width: number, height: number, body: Svg): string {
  return brush.define(
    `<pattern id="@" width="${width}" height="${height}" patternUnits="userSpaceOnUse">${body}</pattern>`,
  );
}

/** Turns a table about the middle of the picture. */
export function turned(content: Svg, degrees: number): Svg {
  return `<g transform="rotate(${Math.round(degrees * 10) / 10} ${SIDE / 2} ${SIDE / 2})">${content}</g>`;
}
