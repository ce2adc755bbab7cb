import { fill } from '../../brush.ts';
import { shaded } from '../../colour.ts';
import { limeWedge } from '../../ingredients/fruit.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { served } from '../../ingredients/ingredient.ts';
import { parsley, spinach } from '../../ingredients/leaves.ts';
import { oilDrops, puddle } from '../../ingredients/sauces.ts';
import { beef, chicken, crumb, eggHalf, feta, lamb } from '../../ingredients/savoury.ts';
import { carrotCoin } from '../../ingredients/slices.ts';
import { bean, chickpea, chilli, greenBean, potato } from '../../ingredients/vegetables.ts';
import { blob, oval, placed, polar } from '../../outline.ts';
import { softPath } from '../../path.ts';
import { anywhere, strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const MOUNDS = [
  { sauce: '#8a2c18', pieces: [beef, eggHalf] },
  { sauce: '#d0952c', pieces: [chickpea, chickpea] },
  { sauce: '#4f7a30', pieces: [spinach, spinach] },
  { sauce: '#b5521e', pieces: [chicken, potato] },
  { sauce: '#7a4a22', pieces: [bean, crumb('#6a3a20')] },
  { sauce: '#c8843a', pieces: [carrotCoin, greenBean] },
  { sauce: '#9a3a24', pieces: [lamb, crumb('#9a3a24')] },
  { sauce: '#e4d2a4', pieces: [feta, feta] },
] as const;

/** Several stews on one soft flatbread, to share. */
export const sharedPlatter: Dish = {
  vessels: ['leaf tray', ...PLATES],
  eatenWith: ['hands'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const size = area.radius;
    const turn = random.angle();
    const dough = brush.natural(random.pick(['#d8bd94', '#e6cf9c', '#cfae84']));
    const bread = placed(blob(random, 0.02, 1, 18), { ...area, size: size * 1.02, angle: 0 });
    const pores = Array.from({ length: 520 }, () => {
      const at = anywhere(random, partOf(area, 0.98));
      return fill(
        softPath(placed(oval(0.8, 7), { ...at, size: random.between(1.2, 3.6), angle: 0 })),
        shaded(dough, 0.5),
        0.34,
      );
    });
    const mounds = random.sample(MOUNDS, 7).map(({ sauce, pieces }, index) => {
      const centre =
        index === 0 ? area : polar(area, size * 0.61, turn + (index / 6) * 2 * Math.PI);
      const heap = { ...centre, radius: size * (index === 0 ? 0.3 : 0.27) };
      const colour = brush.natural(sauce);
      const pool = placed(blob(random, 0.1, 0.92, 11), {
        ...heap,
        size: heap.radius * 1.1,
        angle: random.angle(),
      });
      return [
        puddle(brush, random, pool, colour),
        served(
          brush,
          random,
          strewn(random, partOf(heap, 0.85), 22, heap.radius * 0.16, 0.9),
          crumb(colour),
        ),
        served(
          brush,
          random,
          strewn(random, partOf(heap, 0.7), 8, heap.radius * 0.32, 1.1),
          ...pieces,
        ),
        oilDrops(random, heap, 8, '#e8a03c'),
      ].join('');
    });
    const chillies = [0.5, 3.5].map((index) => ({
      ...polar(area, size * 0.84, turn + (index / 6) * 2 * Math.PI),
      size: size * 0.13,
      angle: random.angle(),
    }));
    return [
      brush.lump(bread, dough, { lift: 8, gloss: 0, depth: 0.3 }),
      pores.join(''),
      mounds.join(''),
      served(brush, random, chillies, chilli),
      served(
        brush,
        random,
        [
          {
            ...polar(area, size * 0.84, turn + (1.5 / 6) * 2 * Math.PI),
            size: size * 0.13,
            angle: turn,
          },
        ],
        limeWedge,
      ),
      greens(brush, random, partOf(area, 0.8), 8, parsley),
    ].join('');
  },
};
