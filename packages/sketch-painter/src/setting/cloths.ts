import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import { type Area, jittered, oval, type Point, placed, pointAt, type Spot } from '../outline.ts';
import { circlePath, cornerPath, linePath } from '../path.ts';
import type { Random } from '../random.ts';
import { circled } from '../scatter.ts';

/** A four-sided shape with slightly uneven edges, `height` times as high as it is wide. */
function hemmed(random: Random, height: number): Point[] {
  const along = [-1, -0.5, 0, 0.5, 1];
  const edge = (points: Point[]) => jittered(points, random, 0.012);
  return [
    ...edge(along.map((x) => ({ x, y: -height }))),
    ...edge([-0.5, 0, 0.5].map((y) => ({ x: 1, y: y * height }))),
    ...edge(along.map((x) => ({ x: -x, y: height }))),
    ...edge([0.5, 0, -0.5].map((y) => ({ x: -1, y: y * height }))),
  ];
}

/** A fold across the cloth, lit on one side and shaded on the other. */
function fold(brush: Brush, from: Point, to: Point, width: number): Svg {
  const path = linePath([from, to]);
  return (
    stroke(path, brush.palette.shadow, width, 0.14, 'translate(3 4)') +
    stroke(path, brush.palette.shadow, 3, 0.3, 'translate(1.5 2)') +
    stroke(path, '#ffffff', width * 0.7, 0.12, 'translate(-5 -6)') +
    stroke(path, '#ffffff', 1.6, 0.3, 'translate(-1 -1)')
  );
}

/** A folded napkin. Its long side follows the angle of the spot. */
export function napkin(brush: Brush, random: Random, spot: Spot): Svg {
  const { cloth, clothTrim } = brush.palette;
  const height = 0.42;
  const path = cornerPath(placed(hemmed(random, height), spot), 0.12);
  const at = (x: number, y: number) => pointAt(spot, x, y);
  const stripes = random
    .pick([[0.3, 0.34], [0.22, 0.27, 0.32], [0.33]])
    .flatMap((y) => [linePath([at(-1.1, y), at(1.1, y)]), linePath([at(-1.1, -y), at(1.1, -y)])]);
  const fringe = Array.from({ length: 44 }, (_, index) => {
    const y = -height + (index / 43) * 2 * height;
    return [-1, 1]
      .map((end) =>
        linePath([
          at(end * 0.98, y),
          at(end * random.between(1.03, 1.06), y + random.between(-0.012, 0.012)),
        ]),
      )
      .join('');
  }).join('');
  return [
    stroke(fringe, brush.palette.shadow, 3, 0.2, 'translate(4 5)'),
    stroke(fringe, lit(cloth, 0.2), 3),
    brush.contact(path, 11),
    fill(
      path,
      brush.slope([
        { at: 0, colour: lit(cloth, 0.22) },
        { at: 0.5, colour: cloth },
        { at: 1, colour: shaded(cloth, 0.24) },
      ]),
    ),
    brush.within(
      path,
      [
        stroke(stripes.join(''), clothTrim, spot.size * 0.022, 0.9),
        fold(brush, at(-1.1, -0.1), at(1.1, -0.04), 26),
        fold(brush, at(-0.25, -0.6), at(-0.2, 0.6), 22),
      ].join(''),
    ),
  ].join('');
}

/** A square of cloth under the plate. */
export function placemat(brush: Brush, random: Random, place: Area): Svg {
  const { cloth, clothTrim, ground } = brush.palette;
  const base = random.chance(0.5) ? cloth : mix(ground, '#fff8ea', 0.6);
  const trim = base === cloth ? clothTrim : cloth;
  const spot = {
    ...place,
    size: place.radius * 1.12,
    angle: random.pick([0, Math.PI / 4]) + random.between(-0.2, 0.2),
  };
  const path = cornerPath(placed(hemmed(random, 1), spot), 0.1);
  const border = [0.93, 0.88]
    .map((share) =>
      cornerPath(placed(hemmed(random, 1), { ...spot, size: spot.size * share }), 0.05),
    )
    .join('');
  return [
    brush.contact(path, 12),
    fill(
      path,
      brush.slope([
        { at: 0, colour: lit(base, 0.25) },
        { at: 0.5, colour: base },
        { at: 1, colour: shaded(base, 0.2) },
      ]),
    ),
    stroke(border, trim, 6, 0.85),
    stroke(path, lit(base, 0.6), 2.4, 0.5, 'translate(-1 -1)'),
    brush.within(
      path,
      fold(brush, pointAt(spot, -1.1, 0.02), pointAt(spot, 1.1, -0.02), 26) +
        fold(brush, pointAt(spot, 0.02, -1.1), pointAt(spot, -0.02, 1.1), 26),
    ),
  ].join('');
}

/** A round mat of braided straw. */
export function strawMat(brush: Brush, random: Random, place: Area): Svg {
  const straw = mix(random.pick(['#c99c5c', '#d8b47c', '#b0824a']), brush.palette.ground, 0.2);
  const rows = Array.from({ length: 7 }, (_, row) => {
    const ring = { ...place, radius: place.radius * (1.13 - row * 0.035) };
    const knots = circled(ring, 84 - row * 2, place.radius * 0.024, row * 0.04).map((spot) => {
      const stitch = { ...spot, angle: spot.angle + Math.PI / 2 + 0.5 };
      return linePath([pointAt(stitch, -0.8, 0), pointAt(stitch, 0.8, 0)]);
    });
    return [
      stroke(circlePath(place, ring.radius), shaded(straw, 0.4), place.radius * 0.036),
      stroke(knots.join(''), lit(straw, 0.3), place.radius * 0.02, 0.95),
    ].join('');
  });
  const outer = { ...place, radius: place.radius * 1.145 };
  return (
    brush.pool(outer, 14, 0.5) +
    fill(
      cornerPath(placed(oval(1, 40), { ...place, size: outer.radius, angle: 0 }), 0.4),
      shaded(straw, 0.3),
    ) +
    rows.join('')
  );
}
