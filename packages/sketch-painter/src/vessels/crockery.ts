import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, shaded } from '../colour.ts';
import type { Area } from '../outline.ts';
import { arcPath, circlePath, hoopPath } from '../path.ts';
import { WARES, type WareName } from './glazes.ts';
import type { Potter } from './vessel.ts';

/** A ring that is lit on one side. With `lightFirst`, the upper left is the lit side. */
function bevel(brush: Brush, area: Area, width: number, colour: Colour, lightFirst: boolean): Svg {
  const [bright, dark] = [lit(colour, 0.85), shaded(colour, 0.42)];
  const paint = brush.slope([
    { at: 0, colour: lightFirst ? bright : dark, opacity: 0.85 },
    { at: 0.5, colour, opacity: 0.2 },
    { at: 1, colour: lightFirst ? dark : bright, opacity: 0.75 },
  ]);
  return fill(hoopPath(area, area.radius, area.radius - width), paint);
}

/** Two reflections of a window on a glazed rim. */
function sheen(area: Area, radius: number, width: number): Svg {
  const arc = (from: number, to: number, opacity: number) =>
    stroke(arcPath(area, radius, from, to), '#ffffff', width, opacity);
  return arc(-2.75, -2.05, 0.4) + arc(-1.95, -1.8, 0.34) + arc(0.55, 1.05, 0.16);
}

/** The shadow of a raised rim on the food. */
export function rimShadow(brush: Brush, area: Area, depth: number): Svg {
  const { x, y, radius } = area;
  const shifted = { x: x + depth * 0.6, y: y + depth * 0.8, radius: radius + depth * 0.7 };
  const colour = brush.palette.shadow;
  const paint = brush.glow(shifted, [
    { at: 1 - (1.7 * depth) / shifted.radius, colour, opacity: 0 },
    { at: 1 - (0.6 * depth) / shifted.radius, colour, opacity: 0.24 },
    { at: 1, colour, opacity: 0.58 },
  ]);
  return fill(circlePath(area, radius), paint);
}

export function plate(ware: WareName, broad = true): Potter {
  return (brush, random, place) => {
    const { body, paintRim } = WARES[ware](brush, random);
    const { radius } = place;
    const well = { ...place, radius: radius * (broad ? 0.77 : 0.85) };
    const under = [
      brush.pool(place, 30, 0.55),
      brush.pool(place, 9, 0.45),
      fill(
        circlePath(place, radius),
        brush.slope([
          { at: 0, colour: lit(body, 0.6) },
          { at: 0.5, colour: body },
          { at: 1, colour: shaded(body, 0.2) },
        ]),
      ),
      paintRim(brush, random, { ...place, outer: radius - 6, inner: well.radius + 8 }),
      bevel(brush, place, 7, body, true),
      bevel(brush, { ...well, radius: well.radius + 9 }, 18, body, false),
      fill(
        circlePath(well, well.radius - 8),
        brush.glow({ x: well.x + 40, y: well.y + 50, radius: well.radius * 1.3 }, [
          { at: 0, colour: lit(body, 0.35) },
          { at: 0.7, colour: body },
          { at: 1, colour: shaded(body, 0.2) },
        ]),
      ),
      sheen(place, radius * (broad ? 0.9 : 0.94), radius * 0.02),
    ].join('');
    return { under, area: { ...well, radius: well.radius + 4 }, over: '' };
  };
}

export function bowl(ware: WareName): Potter {
  return (brush, random, place) => {
    const { body, paintRim } = WARES[ware](brush, random);
    const { radius } = place;
    const lip = radius * 0.045;
    const filled = { ...place, radius: radius * 0.83 };
    const inside = { ...place, radius: radius - lip };
    const under = [
      brush.pool(place, 52, 0.5),
      brush.pool(place, 16, 0.5),
      fill(
        circlePath(place, radius),
        brush.slope([
          { at: 0, colour: lit(body, 0.7) },
          { at: 0.6, colour: body },
          { at: 1, colour: shaded(body, 0.3) },
        ]),
      ),
      bevel(brush, place, lip, body, true),
      fill(
        circlePath(inside, inside.radius),
        brush.slope([
          { at: 0, colour: shaded(body, 0.4) },
          { at: 0.45, colour: shaded(body, 0.12) },
          { at: 1, colour: lit(body, 0.5) },
        ]),
      ),
      paintRim(brush, random, { ...place, outer: inside.radius - 2, inner: filled.radius + 4 }),
      fill(
        circlePath(inside, inside.radius),
        brush.slope([
          { at: 0, colour: brush.palette.shadow, opacity: 0.34 },
          { at: 0.5, colour: brush.palette.shadow, opacity: 0.05 },
          { at: 1, colour: '#ffffff', opacity: 0.22 },
        ]),
      ),
      stroke(circlePath(place, radius - 2), shaded(body, 0.45), 1.4, 0.4),
    ].join('');
    const over = rimShadow(brush, filled, 26) + sheen(place, radius - lip / 2, lip * 0.5);
    return { under, area: filled, over };
  };
}
