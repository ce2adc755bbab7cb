import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, shaded } from '../colour.ts';
import type { Area, Outline, Point } from '../outline.ts';
import { oval, placed } from '../outline.ts';
import { number, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { anywhere } from '../scatter.ts';

export interface Grain {
  readonly colours: readonly Colour[];
  readonly length: number;
  readonly width: number;
}

export const WHITE_RICE: Grain = {
  colours: ['#f6eedc', '#fdf8ea', '#efe3c8', '#ffffff'],
  length: 11,
  width: 6.5,
};
export const SAFFRON_RICE: Grain = {
  colours: ['#e9ae34', '#f2c04a', '#dc992a', '#f7d06a'],
  length: 10,
  width: 6.5,
};
export const TOMATO_RICE: Grain = {
  colours: ['#d8743a', '#e2884a', '#c9622e', '#eda062'],
  length: 10,
  width: 6.5,
};
export const SESAME: Grain = { colours: ['#f3e2b8', '#fbf0d2', '#e3ca92'], length: 5, width: 4.4 };
export const BLACK_SESAME: Grain = { colours: ['#2b2526', '#3a3232'], length: 5, width: 4.2 };
export const CHOPPED_HERBS: Grain = {
  colours: ['#4c8a35', '#6aa544', '#3b7430'],
  length: 8,
  width: 4.6,
};
export const CHILLI_FLAKES: Grain = {
  colours: ['#b5281c', '#d2472a', '#8f1d18'],
  length: 5,
  width: 4,
};
export const NUTS: Grain = { colours: ['#c79a5a', '#e0bd84', '#a87a3e'], length: 5, width: 7 };
export const PISTACHIO: Grain = { colours: ['#8fae4a', '#a8c264', '#6f9038'], length: 5, width: 7 };
export const PEPPERCORNS: Grain = { colours: ['#3a2c26', '#57443a'], length: 0.1, width: 3.4 };

/**
 * Small grains at the given points. They are drawn in a few groups of one path each, so that a
 * thousand grains cost no more than ten. Later groups cover earlier ones.
 */
export function strewnGrains(
  brush: Brush,
  random: Random,
  places: readonly Point[],
  grain: Grain,
): Svg {
  const heaps = 6;
  const lines: string[][] = Array.from({ length: heaps }, () => []);
  places.forEach((place, index) => {
    const angle = random.angle();
    const [dx, dy] = [Math.cos(angle) * grain.length, Math.sin(angle) * grain.length];
    const start = `M${number(place.x - dx / 2)} ${number(place.y - dy / 2)}`;
    lines[index % heaps]?.push(`${start}l${number(dx)} ${number(dy)}`);
  });
  return lines
    .map((heap, index) => {
      if (heap.length === 0) return '';
      const path = heap.join('');
      const colour = grain.colours[index % grain.colours.length] ?? '#ffffff';
      return [
        stroke(path, brush.palette.shadow, grain.width, 0.19, 'translate(1.6 2.2)'),
        stroke(path, shaded(colour, 0.1), grain.width),
        stroke(path, lit(colour, 0.2), grain.width * 0.66, 1, 'translate(-.6 -.8)'),
      ].join('');
    })
    .join('');
}

/** Grains over a whole disc, fewer towards the edge. */
export function sprinkled(
  brush: Brush,
  random: Random,
  area: Area,
  count: number,
  grain: Grain,
): Svg {
  const places = Array.from({ length: count }, () => anywhere(random, area));
  return strewnGrains(brush, random, places, grain);
}

/** A rounded heap of grains with a shadow. */
export function heapOf(
  brush: Brush,
  random: Random,
  outline: Outline,
  area: Area,
  grain: Grain,
): Svg {
  const path = softPath(outline);
  const [base = '#ffffff'] = grain.colours;
  const count = Math.round((area.radius * area.radius) / 42);
  const grains = sprinkled(brush, random, { ...area, radius: area.radius * 0.99 }, count, grain);
  return [
    brush.contact(path, 9),
    fill(path, brush.body(shaded(base, 0.14), 0.34)),
    brush.within(path, grains + rounding(brush, area)),
  ].join('');
}

/** Light and shade that make a flat disc of food look like a mound. */
export function rounding(brush: Brush, area: Area, strength = 1): Svg {
  const { x, y, radius } = area;
  const { shadow, glow } = brush.palette;
  const whole = softPath(placed(oval(), { x, y, size: radius * 1.06, angle: 0 }));
  const dark = { x: x - radius * 0.26, y: y - radius * 0.34, radius: radius * 1.34 };
  const bright = { x: x - radius * 0.34, y: y - radius * 0.4, radius: radius * 0.8 };
  return [
    fill(
      whole,
      brush.glow(dark, [
        { at: 0.45, colour: shadow, opacity: 0 },
        { at: 0.8, colour: shadow, opacity: 0.2 * strength },
        { at: 1, colour: shadow, opacity: 0.46 * strength },
      ]),
    ),
    fill(
      whole,
      brush.glow(bright, [
        { at: 0, colour: glow, opacity: 0.3 * strength },
        { at: 1, colour: glow, opacity: 0 },
      ]),
    ),
  ].join('');
}
