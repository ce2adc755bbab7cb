import type { Brush, Svg } from '../brush.ts';
import type { Random } from '../random.ts';

/** Pixels along each side of a picture. */
export const SIDE = 1024;

/** Paints the whole ground of the picture. */
export type Table = (brush: Brush, random: Random) => Svg;

/** A rectangle somewhat larger than the picture, so that it may be turned a little. */
export const SHEET = { x: -200, y: -200, width: SIDE + 400, height: SIDE + 400 } as const;

export function sheet(paint: string, opacity = 1): Svg {
  const { x, y, width, height } = SHEET;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${paint}" fill-opacity="${opacity}"/>`;
}

/** A pattern of `body`, repeated every `width` by `height` pixels; gives the paint. */
export function repeated(brush: Brush, width: number, height: number, body: Svg): string {
  return brush.define(
    `<pattern id="@" width="${width}" height="${height}" patternUnits="userSpaceOnUse">${body}</pattern>`,
  );
}

/** Turns a whole ground about the middle of the picture. */
export function turned(content: Svg, degrees: number): Svg {
  return `<g transform="rotate(${Math.round(degrees * 10) / 10} ${SIDE / 2} ${SIDE / 2})">${content}</g>`;
}
