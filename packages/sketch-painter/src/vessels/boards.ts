import type { Brush, Svg } from '../brush.ts';
import { fill, moved, stroke } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import type { Area, Outline } from '../outline.ts';
import { jittered, oval, placed, pointAt, polar } from '../outline.ts';
import { arcPath, circlePath, hoopPath, linePath, softPath } from '../path.ts';
import { circled } from '../scatter.ts';
import { woodGrain } from '../tables/wood.ts';
import { rimShadow } from './crockery.ts';
import type { Potter } from './vessel.ts';

/** A round board with a short handle. */
export const board: Potter = (brush, random, place) => {
  const wood = mix(
    random.pick(['#c08a54', '#a8703e', '#d0a068', '#8a5632']),
    brush.palette.wood,
    0.2,
  );
  const angle = random.pick([-2.3, -0.8, 0.8, 2.4]) + random.between(-0.15, 0.15);
  const whole = boardOutline(place, angle);
  const path = softPath(whole);
  const box = { x: place.x - 520, y: place.y - 520, width: 1040, height: 1040 };
  const hole = polar(place, place.radius * 1.22, angle);
  const under = [
    moved(brush.blurred(fill(path, brush.palette.shadow, 0.55), 14), 18, 26),
    moved(fill(path, shaded(wood, 0.4)), 5, 8),
    fill(
      path,
      brush.slope([
        { at: 0, colour: lit(wood, 0.22) },
        { at: 0.5, colour: wood },
        { at: 1, colour: shaded(wood, 0.22) },
      ]),
    ),
    brush.within(
      path,
      `<g transform="rotate(${((angle * 180) / Math.PI).toFixed(1)} ${place.x} ${place.y})">${woodGrain(random, box, wood)}</g>`,
    ),
    stroke(path, lit(wood, 0.7), 3, 0.5),
    stroke(circlePath(place, place.radius * 0.93), shaded(wood, 0.5), 4, 0.4),
    stroke(
      circlePath({ x: place.x + 1.5, y: place.y + 2 }, place.radius * 0.93),
      lit(wood, 0.6),
      2,
      0.4,
    ),
    fill(circlePath(hole, 15), shaded(brush.palette.shadow, 0.2), 0.85),
    stroke(circlePath(hole, 15), lit(wood, 0.4), 3, 0.6),
  ].join('');
  return { under, area: { ...place, radius: place.radius * 0.88 }, over: '', handle: angle };
};

function boardOutline(place: Area, angle: number): Outline {
  const spot = { ...place, size: place.radius, angle };
  const disc = Array.from({ length: 21 }, (_, index) => {
    const turn = 0.3 + (index / 20) * (2 * Math.PI - 0.6);
    return { x: Math.cos(turn), y: Math.sin(turn) };
  });
  const handle = [
    { x: 1.08, y: -0.14 },
    { x: 1.25, y: -0.115 },
    { x: 1.34, y: 0 },
    { x: 1.25, y: 0.115 },
    { x: 1.08, y: 0.14 },
  ];
  return [...disc, ...handle].map(({ x, y }) => pointAt(spot, x, y));
}

/** A wicker tray with a banana leaf on it. */
export const leafTray: Potter = (brush, random, place) => {
  const green = brush.natural(random.pick(['#4f8f3c', '#3f8040', '#6a9e42']));
  const leaf = { ...place, radius: place.radius * 0.86 };
  const rim = placed(jittered(oval(1, 16), random, 0.018), {
    ...place,
    size: leaf.radius,
    angle: 0,
  });
  const path = softPath(rim);
  const turn = random.angle();
  const rib = [polar(leaf, -leaf.radius, turn), polar(leaf, leaf.radius, turn)];
  const veins = Array.from({ length: 44 }, (_, index) => {
    const along = polar(leaf, leaf.radius * (-1.5 + index * 0.07), turn);
    return [1, -1]
      .map((side) => linePath([along, polar(along, leaf.radius * 1.4, turn + side * 1.12)]))
      .join('');
  });
  const under = [
    wicker(brush, place),
    brush.contact(path, 6),
    fill(path, brush.body(green, 0.42)),
    brush.within(
      path,
      stroke(veins.join(''), shaded(green, 0.3), 6, 0.3) +
        stroke(veins.join(''), lit(green, 0.4), 1.6, 0.35) +
        brush.strand(rib, lit(green, 0.3), 13, 3),
    ),
    stroke(path, lit(green, 0.5), 3, 0.5),
  ].join('');
  return { under, area: { ...leaf, radius: leaf.radius * 0.93 }, over: '' };
};

/** A shallow basket seen from above. */
function wicker(brush: Brush, place: Area): Svg {
  const straw = mix('#c79a58', brush.palette.ground, 0.15);
  const rings = [0.985, 0.945, 0.905].map((share, row) => {
    const ring = { ...place, radius: place.radius * share };
    const strands = circled(ring, 64, place.radius * 0.05, row * 0.05).map((spot) =>
      stroke(arcPath(ring, ring.radius, spot.angle, spot.angle + 0.075), lit(straw, 0.3), 9, 0.9),
    );
    return stroke(circlePath(ring, ring.radius), shaded(straw, 0.5), 15) + strands.join('');
  });
  return [
    brush.pool(place, 30, 0.55),
    fill(circlePath(place, place.radius), shaded(straw, 0.35)),
    rings.join(''),
    fill(
      hoopPath(place, place.radius, place.radius * 0.87),
      brush.slope([
        { at: 0, colour: '#ffffff', opacity: 0.25 },
        { at: 1, colour: brush.palette.shadow, opacity: 0.4 },
      ]),
    ),
  ].join('');
}

/** A bamboo steamer: wooden hoops around a slatted floor with paper on it. */
export const steamer: Potter = (brush, _random, place) => {
  const wood = mix('#d0a564', brush.palette.ground, 0.12);
  const inside = { ...place, radius: place.radius * 0.88 };
  const hoops = [1, 0.965, 0.93, 0.905].map((share, index) =>
    fill(
      circlePath(place, place.radius * share),
      brush.slope(
        index % 2
          ? [
              { at: 0, colour: shaded(wood, 0.3) },
              { at: 1, colour: lit(wood, 0.3) },
            ]
          : [
              { at: 0, colour: lit(wood, 0.5) },
              { at: 0.5, colour: wood },
              { at: 1, colour: shaded(wood, 0.42) },
            ],
      ),
    ),
  );
  const slats = Array.from({ length: 15 }, (_, index) => {
    const y = place.y - place.radius + (index + 0.5) * (place.radius / 7.5);
    const span = `M${(place.x - place.radius).toFixed(0)} ${y.toFixed(0)}h${(2 * place.radius).toFixed(0)}`;
    return (
      stroke(span, lit(wood, 0.12), place.radius * 0.1) +
      stroke(span, lit(wood, 0.5), 4, 0.5, `translate(0 ${-place.radius * 0.03})`)
    );
  });
  const holes = [0.3, 0.55, 0.8].flatMap((share, row) =>
    circled({ ...place, radius: inside.radius * share }, 6 + row * 7, 7).map((spot) =>
      fill(circlePath(spot, 6), shaded(wood, 0.6), 0.6),
    ),
  );
  const under = [
    brush.pool(place, 46, 0.5),
    brush.pool(place, 14, 0.5),
    hoops.join(''),
    brush.within(
      circlePath(inside, inside.radius),
      fill(circlePath(inside, inside.radius), shaded(wood, 0.6)) + slats.join(''),
    ),
    fill(circlePath(inside, inside.radius * 0.95), '#f8eed6', 0.9),
    holes.join(''),
  ].join('');
  return {
    under,
    area: { ...inside, radius: inside.radius * 0.95 },
    over: rimShadow(brush, inside, 24),
  };
};
