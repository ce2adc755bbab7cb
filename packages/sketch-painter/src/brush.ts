import type { Colour } from './colour.ts';
import { lit, mix, shaded } from './colour.ts';
import type { Area, Outline, Point } from './outline.ts';
import type { Palette } from './palettes.ts';
import { circlePath, linePath, number, softPath } from './path.ts';

/** SVG elements. */
export type Svg = string;

export interface Stop {
  readonly at: number;
  readonly colour: Colour;
  readonly opacity?: number;
}

/** How an object catches the light. */
export interface Look {
  /** Height in pixels above the surface, which sets how far the shadow falls. */
  readonly lift?: number;
  /** 0 is matt, 1 is glossy. */
  readonly gloss?: number;
  /** How much the side away from the light darkens. */
  readonly depth?: number;
}

/**
 * The strokes that everything is painted with, and the SVG definitions they need. Light comes from
 * the upper left. No object is turned by a transform, as that would turn its shading: outlines are
 * turned before they are painted.
 */
export class Brush {
  readonly palette: Palette;
  private readonly definitions = new Map<string, string>();

  constructor(palette: Palette) {
    this.palette = palette;
  }

  get defs(): Svg {
    return [...this.definitions].map(([body, id]) => body.replace('@', id)).join('');
  }

  /** Adds a definition, in which `@` stands for its id, and returns a reference. Adds equal ones once. */
  define(body: Svg): string {
    const known = this.definitions.get(body);
    const id = known ?? `d${this.definitions.size}`;
    if (known === undefined) this.definitions.set(body, id);
    return `url(#${id})`;
  }

  /** A gradient over the bounding box of the filled shape, lit from the upper left. */
  body(colour: Colour, depth = 0.35): string {
    return this.define(
      `<radialGradient id="@" cx=".34" cy=".28" r=".85">${stops([
        { at: 0, colour: lit(colour, 0.24) },
        { at: 0.45, colour },
        { at: 1, colour: shaded(colour, depth) },
      ])}</radialGradient>`,
    );
  }

  /** A radial gradient around the middle of an area, in pixels. */
  glow(area: Area, ramp: readonly Stop[]): string {
    const place = `cx="${number(area.x)}" cy="${number(area.y)}" r="${number(area.radius)}"`;
    return this.define(
      `<radialGradient id="@" gradientUnits="userSpaceOnUse" ${place}>${stops(ramp)}</radialGradient>`,
    );
  }

  /** A linear gradient from the upper left to the lower right of the filled shape. */
  slope(ramp: readonly Stop[]): string {
    return this.define(
      `<linearGradient id="@" x1=".12" y1=".08" x2=".88" y2=".92">${stops(ramp)}</linearGradient>`,
    );
  }

  /** A linear gradient between two points, in pixels. */
  ramp(from: Point, to: Point, ramp: readonly Stop[]): string {
    const place = `x1="${number(from.x)}" y1="${number(from.y)}" x2="${number(to.x)}" y2="${number(to.y)}"`;
    return this.define(
      `<linearGradient id="@" gradientUnits="userSpaceOnUse" ${place}>${stops(ramp)}</linearGradient>`,
    );
  }

  /** Clips `content` to the path. */
  within(path: string, content: Svg): Svg {
    return `<g clip-path="${this.define(`<clipPath id="@"><path d="${path}"/></clipPath>`)}">${content}</g>`;
  }

  /** Blurs `content`. This is slow for large objects: use `pool` for their shadows. */
  blurred(content: Svg, deviation: number): Svg {
    const filter = this.define(
      `<filter id="@" x="-.4" y="-.4" width="1.8" height="1.8"><feGaussianBlur stdDeviation="${deviation}"/></filter>`,
    );
    return `<g filter="${filter}">${content}</g>`;
  }

  /** The soft round shadow of an object `lift` pixels high. */
  pool(area: Area, lift: number, opacity = 0.5): Svg {
    const shadow = {
      x: area.x + lift * 0.62,
      y: area.y + lift * 0.9,
      radius: area.radius + lift * 1.1,
    };
    const solid = (area.radius - lift * 0.9) / shadow.radius;
    const colour = this.palette.shadow;
    const ramp = [
      { at: Math.max(0, solid), colour, opacity },
      { at: (1 + Math.max(0, solid)) / 2, colour, opacity: opacity * 0.42 },
      { at: 1, colour, opacity: 0 },
    ];
    return fill(circlePath(shadow, shadow.radius), this.glow(shadow, ramp));
  }

  /** The narrow shadow right below a shape. */
  contact(path: string, lift: number): Svg {
    const copy = (share: number, opacity: number) =>
      `<path d="${path}" transform="translate(${number(lift * share * 0.7)} ${number(lift * share)})" fill="${this.palette.shadow}" fill-opacity="${opacity}"/>`;
    return copy(1.7, 0.1) + copy(1.15, 0.14) + copy(0.6, 0.24);
  }

  /** A rounded object: shadow, body, edge and highlight. */
  lump(outline: Outline, colour: Colour, look: Look = {}): Svg {
    const { lift = 4, gloss = 0.2, depth = 0.38 } = look;
    const path = softPath(outline);
    const edge = `stroke="${shaded(colour, 0.45)}" stroke-opacity=".45" stroke-width="1.3"`;
    const facet = fill(softPath(towardsLight(outline, 0.66, 0.14)), lit(colour, 0.4), 0.2);
    const shine =
      gloss > 0 ? fill(softPath(towardsLight(outline, 0.24, 0.42)), '#ffffff', gloss) : '';
    const shadow = lift > 0 ? this.contact(path, lift) : '';
    return `${shadow}<path d="${path}" fill="${this.body(colour, depth)}" ${edge}/>${facet}${shine}`;
  }

  /** A rope, strand or stem: dark edge, body and highlight. */
  strand(points: readonly Point[], colour: Colour, width: number, lift = 2): Svg {
    const path = linePath(points);
    const shadow = lift
      ? stroke(path, this.palette.shadow, width + 1, 0.22, `translate(${lift * 0.7} ${lift})`)
      : '';
    return [
      shadow,
      stroke(path, shaded(colour, 0.34), width),
      stroke(
        path,
        colour,
        width * 0.76,
        1,
        `translate(${number(-width * 0.06)} ${number(-width * 0.08)})`,
      ),
      stroke(
        path,
        lit(colour, 0.55),
        width * 0.24,
        0.75,
        `translate(${number(-width * 0.16)} ${number(-width * 0.2)})`,
      ),
    ].join('');
  }

  /** Tints a food colour with the light of this picture. */
  natural(colour: Colour): Colour {
    return mix(colour, this.palette.glow, 0.06);
  }
}

function stops(ramp: readonly Stop[]): Svg {
  return ramp
    .map(({ at, colour, opacity = 1 }) => {
      const transparency =
        opacity < 1 ? ` stop-opacity="${Math.round(opacity * 1000) / 1000}"` : '';
      return `<stop offset="${Math.round(at * 1000) / 1000}" stop-color="${colour}"${transparency}/>`;
    })
    .join('');
}

/** A smaller outline, moved towards the light. */
function towardsLight(outline: Outline, size: number, shift: number): Outline {
  const x = outline.reduce((sum, point) => sum + point.x, 0) / outline.length;
  const y = outline.reduce((sum, point) => sum + point.y, 0) / outline.length;
  const across = halfWidth(outline, { x, y });
  return outline.map((point) => ({
    x: x + (point.x - x) * size - across * shift * 0.72,
    y: y + (point.y - y) * size - across * shift,
  }));
}

/** Roughly the distance from the middle to the nearest side: the short radius of an oval. */
function halfWidth(outline: Outline, middle: Point): number {
  const doubled = outline.reduce((sum, point, index) => {
    const next = outline[(index + 1) % outline.length] ?? point;
    return sum + point.x * next.y - next.x * point.y;
  }, 0);
  const reach = Math.max(
    ...outline.map((point) => Math.hypot(point.x - middle.x, point.y - middle.y)),
  );
  return Math.abs(doubled) / (2 * Math.PI * reach);
}

/** Moves `content` by some pixels. */
export function moved(content: Svg, x: number, y: number): Svg {
  return `<g transform="translate(${x} ${y})">${content}</g>`;
}

export function fill(path: string, paint: string, opacity = 1): Svg {
  const transparency = opacity < 1 ? ` fill-opacity="${number(opacity * 100)}%"` : '';
  return `<path d="${path}" fill="${paint}"${transparency}/>`;
}

export function stroke(
  path: string,
  paint: string,
  width: number,
  opacity = 1,
  transform?: string,
): Svg {
  const transparency = opacity < 1 ? ` stroke-opacity="${number(opacity * 100)}%"` : '';
  const moved = transform ? ` transform="${transform}"` : '';
  return `<path d="${path}" fill="none" stroke="${paint}" stroke-width="${number(width)}" stroke-linecap="round" stroke-linejoin="round"${transparency}${moved}/>`;
}
