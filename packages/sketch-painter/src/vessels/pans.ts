import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import type { Area } from '../outline.ts';
import { polar } from '../outline.ts';
import { arcPath, circlePath, linePath } from '../path.ts';
import { rimShadow } from './crockery.ts';
import type { Potter } from './vessel.ts';

function handles(brush: Brush, place: Area, turn: number, colour: Colour): Svg {
  return [turn, turn + Math.PI]
    .map((angle) => {
      const loop = [-0.2, -0.14, 0, 0.14, 0.2].map((shift, index) =>
        polar(place, place.radius * ([0.97, 1.1, 1.15, 1.1, 0.97][index] ?? 1), angle + shift),
      );
      return (
        stroke(linePath(loop), brush.palette.shadow, 20, 0.3, 'translate(12 18)') +
        brush.strand(loop, colour, 19, 0)
      );
    })
    .join('');
}

function pan(colours: (brush: Brush) => { rim: Colour; inside: Colour }): Potter {
  return (brush, random, place) => {
    const { rim, inside } = colours(brush);
    const filled = { ...place, radius: place.radius * 0.89 };
    const under = [
      brush.pool(place, 40, 0.55),
      brush.pool(place, 12, 0.5),
      handles(brush, place, random.pick([0.785, 2.356]) + random.between(-0.12, 0.12), rim),
      fill(
        circlePath(place, place.radius),
        brush.slope([
          { at: 0, colour: lit(rim, 0.55) },
          { at: 0.5, colour: rim },
          { at: 1, colour: shaded(rim, 0.5) },
        ]),
      ),
      fill(
        circlePath(place, place.radius * 0.955),
        brush.slope([
          { at: 0, colour: shaded(inside, 0.5) },
          { at: 0.5, colour: inside },
          { at: 1, colour: lit(inside, 0.45) },
        ]),
      ),
      stroke(
        arcPath(place, place.radius * 0.978, -2.9, -1.8),
        '#ffffff',
        place.radius * 0.014,
        0.55,
      ),
      stroke(arcPath(place, place.radius * 0.978, 0.4, 0.9), '#ffffff', place.radius * 0.01, 0.25),
    ].join('');
    return { under, area: filled, over: rimShadow(brush, filled, 20) };
  };
}

export const ironPan = pan((brush) => ({
  rim: mix('#3a3836', brush.palette.stone, 0.25),
  inside: '#2c2a2a',
}));
export const steelPan = pan(() => ({ rim: '#a9a6a2', inside: '#8d8a88' }));
export const copperPan = pan(() => ({ rim: '#c17a48', inside: '#b9a292' }));
export const enamelPan = pan((brush) => ({
  rim: brush.palette.glaze,
  inside: brush.palette.ceramic,
}));
