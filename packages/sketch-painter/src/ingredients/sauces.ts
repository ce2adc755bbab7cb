import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, shaded } from '../colour.ts';
import type { Area, Outline, Spot } from '../outline.ts';
import { blob, oval, placed, pointAt, polar } from '../outline.ts';
import { arcPath, circlePath, linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { anywhere } from '../scatter.ts';

/** A liquid that fills a round area to the edge. */
export function broth(brush: Brush, random: Random, area: Area, colour: Colour): Svg {
  const ramp = [
    { at: 0, colour: lit(colour, 0.16) },
    { at: 0.7, colour },
    { at: 1, colour: shaded(colour, 0.3) },
  ];
  const path = circlePath(area, area.radius);
  return fill(path, brush.glow(area, ramp)) + ripples(random, area, colour);
}

/** Broad brush marks in a liquid. */
function ripples(random: Random, area: Area, colour: Colour): Svg {
  return Array.from({ length: 16 }, (_, index) => {
    const radius = area.radius * random.between(0.2, 0.95);
    const from = random.angle();
    const path = arcPath(area, radius, from, from + random.between(0.3, 1.1));
    const paint = index % 2 ? lit(colour, 0.5) : shaded(colour, 0.4);
    return stroke(path, paint, random.between(3, 9), 0.14);
  }).join('');
}

/** Drops of fat that float on a soup. */
export function oilDrops(random: Random, area: Area, count: number, colour: Colour): Svg {
  return Array.from({ length: count }, () => {
    const at = anywhere(random, area);
    const radius = random.between(2.5, 11);
    return [
      fill(circlePath(at, radius), colour, 0.42),
      stroke(circlePath(at, radius), lit(colour, 0.6), 1.4, 0.6),
      fill(
        circlePath({ x: at.x - radius * 0.35, y: at.y - radius * 0.4 }, radius * 0.22),
        '#ffffff',
        0.75,
      ),
    ].join('');
  }).join('');
}

/** A thick sauce with an irregular outline: edge, body and highlights. */
export function puddle(brush: Brush, random: Random, outline: Outline, colour: Colour): Svg {
  const path = softPath(outline);
  const x = outline.reduce((sum, point) => sum + point.x, 0) / outline.length;
  const y = outline.reduce((sum, point) => sum + point.y, 0) / outline.length;
  const reach = Math.max(...outline.map((point) => Math.hypot(point.x - x, point.y - y)));
  const marks = ripples(random, { x, y, radius: reach }, colour);
  return [
    brush.contact(path, 4),
    fill(path, brush.body(colour, 0.36)),
    brush.within(path, marks),
    stroke(path, shaded(colour, 0.35), 3, 0.35),
    stroke(path, lit(colour, 0.6), 1.6, 0.3, 'translate(-1.6 -2)'),
  ].join('');
}

/** A spoonful: a round puddle with a spiral left by the spoon. */
export function dollop(brush: Brush, random: Random, spot: Spot, colour: Colour): Svg {
  const curl = Array.from({ length: 13 }, (_, index) => {
    const turn = spot.angle + index * 0.62;
    return polar(spot, spot.size * (0.1 + 0.052 * index), turn);
  });
  return [
    brush.lump(placed(blob(random, 0.09, 0.94, 10), spot), colour, {
      lift: 6,
      gloss: 0,
      depth: 0.22,
    }),
    stroke(linePath(curl), shaded(colour, 0.24), spot.size * 0.13, 0.5, 'translate(1.5 2)'),
    stroke(linePath(curl), lit(colour, 0.8), spot.size * 0.11, 0.75),
  ].join('');
}

/** A zigzag of sauce over the spot. */
export function drizzle(brush: Brush, random: Random, spot: Spot, colour: Colour, turns = 6): Svg {
  const points = Array.from({ length: turns * 2 + 1 }, (_, index) => {
    const x = -0.9 + (1.8 * index) / (turns * 2);
    const swing = Math.sqrt(1 - x * x) * (index % 2 ? 0.85 : -0.85);
    return pointAt(spot, x + random.between(-0.04, 0.04), swing * random.between(0.8, 1));
  });
  return brush.strand(points, colour, 6, 2.5);
}

/** A spiral of sauce from the middle outward. */
export function swirl(spot: Spot, colour: Colour, turns = 2.4): Svg {
  const count = Math.round(turns * 12);
  const points = Array.from({ length: count }, (_, index) => {
    const share = index / (count - 1);
    return polar(spot, spot.size * (0.08 + 0.92 * share), spot.angle + share * turns * 2 * Math.PI);
  });
  return (
    stroke(linePath(points), colour, spot.size * 0.1, 0.9) +
    stroke(linePath(points), '#ffffff', spot.size * 0.03, 0.5)
  );
}

/** The highlight of a wet surface: a soft arc on the lit side. */
export function glint(area: Area, opacity = 0.4): Svg {
  const arc = (radius: number, width: number, from: number, to: number) =>
    stroke(arcPath(area, area.radius * radius, from, to), '#ffffff', width, opacity);
  return (
    arc(0.86, 6, -2.75, -2.2) +
    arc(0.86, 5, -2.08, -1.98) +
    fill(
      softPath(placed(oval(0.4), { ...polar(area, area.radius * 0.7, -2.5), size: 8, angle: 0.6 })),
      '#ffffff',
      opacity * 0.7,
    )
  );
}
