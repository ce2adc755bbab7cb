import type { Brush, Svg } from '../../brush.ts';
import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import { blisters } from '../../ingredients/breads.ts';
import { fig } from '../../ingredients/fruit.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { CHILLI_FLAKES, sprinkled } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { basil, parsley, spinach } from '../../ingredients/leaves.ts';
import { puddle } from '../../ingredients/sauces.ts';
import { crumb, feta } from '../../ingredients/savoury.ts';
import { tomatoSlice } from '../../ingredients/slices.ts';
import {
  cherryTomato,
  mushroomSlice,
  olive,
  pepperStrip,
  redOnion,
} from '../../ingredients/vegetables.ts';
import { type Area, blob, placed, polar } from '../../outline.ts';
import { linePath, softPath } from '../../path.ts';
import type { Random } from '../../random.ts';
import { circled, strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const STYLES = [
  { sauce: '#c2401f', cheese: '#fbeecb', tops: [tomatoSlice, olive], size: 0.12, leaf: basil },
  {
    sauce: '#cf5426',
    cheese: '#f8d98c',
    tops: [mushroomSlice, pepperStrip],
    size: 0.13,
    leaf: parsley,
  },
  { sauce: '#ecd6a4', cheese: '#fff4dc', tops: [fig, redOnion], size: 0.125, leaf: spinach },
  {
    sauce: '#a84a26',
    cheese: undefined,
    tops: [crumb('#8a4228'), redOnion],
    size: 0.08,
    leaf: parsley,
  },
  {
    sauce: '#84963a',
    cheese: '#fbeec6',
    tops: [cherryTomato, cherryTomato, feta],
    size: 0.085,
    leaf: basil,
  },
] as const;

/** The risen edge: soft bubbles, browned on top, some of them charred. */
function crustRing(brush: Brush, random: Random, area: Area, dough: string): Svg {
  return circled({ ...area, radius: area.radius * 0.925 }, 26, area.radius * 0.135, random.angle())
    .map((spot) => {
      const bubble = {
        ...spot,
        angle: spot.angle + Math.PI / 2,
        size: spot.size * random.between(0.9, 1.15),
      };
      const brown = {
        ...bubble,
        x: bubble.x + 3,
        y: bubble.y + 3,
        size: bubble.size * random.between(0.4, 0.75),
      };
      const char = random.chance(0.35) ? 0.5 : 0.16;
      return [
        brush.lump(
          placed(blob(random, 0.08, 0.56, 10), bubble),
          lit(dough, random.between(0, 0.16)),
          { lift: 2, gloss: 0, depth: 0.3 },
        ),
        fill(softPath(placed(blob(random, 0.2, 0.4, 9), brown)), shaded(dough, 0.6), char),
      ].join('');
    })
    .join('');
}

function melted(brush: Brush, random: Random, area: Area, colour: string): Svg {
  return strewn(random, area, 17, area.radius * 0.2, 1.05)
    .map((spot) => {
      const pool = placed(blob(random, 0.16, 0.85, 11), spot);
      const toast = placed(blob(random, 0.3, 0.8, 8), {
        ...spot,
        x: spot.x + spot.size * 0.2,
        size: spot.size * 0.34,
      });
      return [
        fill(
          softPath(placed(blob(random, 0.14, 0.85, 11), { ...spot, size: spot.size * 1.18 })),
          colour,
          0.3,
        ),
        brush.lump(pool, colour, { lift: 2, gloss: 0.35, depth: 0.18 }),
        fill(softPath(toast), '#c07a2c', 0.35),
      ].join('');
    })
    .join('');
}

export const toppedFlatbread: Dish = {
  vessels: ['board', 'board', ...PLATES],
  eatenWith: ['hands', 'fork and knife'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const { sauce, cheese, tops, size: piece, leaf } = random.pick(STYLES);
    const size = area.radius * 1.02;
    const dough = brush.natural(random.pick(['#e2b06a', '#dba35a', '#e8bd7c']));
    const crust = placed(blob(random, 0.03, 0.98, 18), { ...area, size, angle: 0 });
    const bed = partOf(area, 0.86);
    const slices = random.pick([6, 8]);
    const turn = random.angle();
    const cuts = Array.from({ length: slices / 2 }, (_, index) => {
      const angle = turn + (index / slices) * 2 * Math.PI;
      return linePath([polar(area, size * 0.99, angle), polar(area, size * 0.99, angle + Math.PI)]);
    }).join('');
    return [
      brush.lump(crust, dough, { lift: 13, gloss: 0, depth: 0.5 }),
      brush.within(
        softPath(crust),
        blisters(random, { ...area, size, angle: 0 }, shaded(dough, 0.4), 90),
      ),
      crustRing(brush, random, { ...area, radius: size }, dough),
      puddle(
        brush,
        random,
        placed(blob(random, 0.025, 1, 20), { ...area, size: bed.radius, angle: 0 }),
        brush.natural(sauce),
      ),
      stroke(cuts, brush.palette.shadow, 4, 0.42),
      stroke(cuts, lit(dough, 0.4), 1.6, 0.5, 'translate(2 2.4)'),
      cheese
        ? melted(brush, random, partOf(bed, 0.92), cheese)
        : served(
            brush,
            random,
            strewn(random, partOf(bed, 0.95), 90, area.radius * 0.045, 0.8),
            tops[0],
          ),
      served(
        brush,
        random,
        strewn(random, partOf(bed, 0.86), 17, area.radius * piece, 1.9),
        ...tops,
      ),
      greens(brush, random, partOf(bed, 0.8), 7, leaf),
      sprinkled(brush, random, bed, 34, CHILLI_FLAKES),
    ].join('');
  },
};
