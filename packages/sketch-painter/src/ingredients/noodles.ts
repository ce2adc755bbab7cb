import type { Brush, Svg } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import type { Area, Spot } from '../outline.ts';
import { pointAt } from '../outline.ts';
import type { Random } from '../random.ts';
import { anywhere } from '../scatter.ts';

export interface NoodleCut {
  readonly colour: Colour;
  readonly width: number;
}

/** A bundle of noodles: parallel strands with one wide bend. */
function hank(brush: Brush, random: Random, spot: Spot, { colour, width }: NoodleCut): Svg {
  const strands = random.whole(7, 10);
  const bow = random.between(0.25, 0.7) * (random.chance(0.5) ? 1 : -1);
  const wave = random.between(-0.22, 0.22);
  return Array.from({ length: strands }, (_, index) => {
    const across = ((index - strands / 2) * width * 0.94) / spot.size;
    const slack = random.between(-0.05, 0.05);
    const points = [-1, -0.6, -0.2, 0.2, 0.6, 1].map((x) =>
      pointAt(
        spot,
        x * (1 - Math.abs(across) * 0.2),
        across * (1 + 0.35 * x * x) + bow * (0.5 - x * x) + wave * Math.sin(3 * x) + slack * x,
      ),
    );
    const tone = random.chance(0.5)
      ? lit(colour, 0.1)
      : mix(colour, shaded(colour, 0.3), random.next() * 0.4);
    return brush.strand(points, tone, width, 2.5);
  }).join('');
}

/** Noodles in an area. The caller clips what crosses its edge. */
export function noodleNest(brush: Brush, random: Random, area: Area, cut: NoodleCut): Svg {
  const turn = random.angle();
  return Array.from({ length: 11 }, (_, index) => {
    const at = anywhere(random, { ...area, radius: area.radius * 0.62 });
    const spot = {
      ...at,
      size: area.radius * random.between(0.5, 0.72),
      angle: turn + index * 1.25 + random.between(-0.3, 0.3),
    };
    return hank(brush, random, spot, cut);
  }).join('');
}
