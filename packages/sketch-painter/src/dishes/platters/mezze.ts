import type { Brush, Svg } from '../../brush.ts';
import { fill, stroke } from '../../brush.ts';
import { lit, shaded } from '../../colour.ts';
import { pitaTriangle } from '../../ingredients/breads.ts';
import { lemonWedge, pomegranateSeed } from '../../ingredients/fruit.ts';
import { greens, partOf } from '../../ingredients/garnish.ts';
import { CHILLI_FLAKES, SESAME, sprinkled } from '../../ingredients/grains.ts';
import { type Ingredient, served } from '../../ingredients/ingredient.ts';
import { mint, parsley } from '../../ingredients/leaves.ts';
import { dollop, puddle } from '../../ingredients/sauces.ts';
import { falafel, feta } from '../../ingredients/savoury.ts';
import { cucumberSlice, radishSlice } from '../../ingredients/slices.ts';
import { cherryTomato, chickpea, olive } from '../../ingredients/vegetables.ts';
import { type Area, blob, placed, polar } from '../../outline.ts';
import { circlePath } from '../../path.ts';
import type { Random } from '../../random.ts';
import { circled, strewn } from '../../scatter.ts';
import { PLATES } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const DIPS = [
  { colour: '#ecd5a0', top: chickpea },
  { colour: '#b8355c', top: feta },
  { colour: '#fbf5e4', top: cucumberSlice },
  { colour: '#c65a2c', top: parsley },
  { colour: '#a8b45a', top: mint },
  { colour: '#b09a78', top: pomegranateSeed },
] as const;

/** A small bowl of dip, with a spiral left by a spoon and oil in it. */
function dipBowl(brush: Brush, random: Random, at: Area, colour: string, top: Ingredient): Svg {
  const body = random.pick([
    brush.palette.ceramic,
    brush.palette.clay,
    lit(brush.palette.glaze, 0.2),
  ]);
  const filled = partOf(at, 0.84);
  return [
    brush.pool(at, 20, 0.5),
    fill(circlePath(at, at.radius), brush.body(body, 0.35)),
    stroke(circlePath(at, at.radius * 0.97), lit(body, 0.7), 3, 0.6),
    fill(
      circlePath(at, at.radius * 0.88),
      brush.slope([
        { at: 0, colour: shaded(body, 0.45) },
        { at: 1, colour: lit(body, 0.3) },
      ]),
    ),
    dollop(brush, random, { ...at, size: filled.radius, angle: random.angle() }, colour),
    puddle(
      brush,
      random,
      placed(blob(random, 0.16, 0.5, 10), {
        ...polar(at, at.radius * 0.18, random.angle()),
        size: at.radius * 0.36,
        angle: random.angle(),
      }),
      '#c99a2c',
    ),
    served(brush, random, strewn(random, partOf(at, 0.42), 5, at.radius * 0.16, 1.3), top),
    sprinkled(brush, random, partOf(at, 0.6), 16, CHILLI_FLAKES),
  ].join('');
}

export const mezze: Dish = {
  vessels: ['board', 'leaf tray', ...PLATES],
  eatenWith: ['hands'],
  course: 'main',
  steams: false,
  paint(brush, random, area) {
    const size = area.radius;
    const turn = random.angle();
    const dips = random.sample(DIPS, 3);
    const bowls = dips.map(({ colour, top }, index) => {
      const at = { ...polar(area, size * 0.56, turn + index * 2.09), radius: size * 0.36 };
      return dipBowl(brush, random, at, brush.natural(colour), top);
    });
    const wedgeOf = (index: number) => ({
      ...polar(area, size * 0.68, turn + 1.05 + index * 2.09),
      radius: size * 0.24,
    });
    const bread = circled({ ...wedgeOf(0), radius: size * 0.1 }, 4, size * 0.22, turn).map(
      (spot, index) => ({ ...spot, angle: turn + 1.05 + (index - 1.5) * 0.45 }),
    );
    const ground = strewn(random, partOf(area, 0.8), 16, size * 0.13, 1.2);
    return [
      served(brush, random, ground, parsley, mint),
      served(brush, random, bread, pitaTriangle),
      served(brush, random, strewn(random, wedgeOf(1), 8, size * 0.11, 1.45), falafel),
      served(
        brush,
        random,
        strewn(random, wedgeOf(2), 11, size * 0.085, 1.5),
        cherryTomato,
        cucumberSlice,
        radishSlice,
      ),
      bowls.join(''),
      served(brush, random, strewn(random, partOf(area, 0.2), 6, size * 0.062, 1.6), olive),
      served(
        brush,
        random,
        [{ ...polar(area, size * 0.86, turn + 3.6), size: size * 0.13, angle: turn }],
        lemonWedge,
      ),
      sprinkled(brush, random, wedgeOf(1), 30, SESAME),
      greens(brush, random, partOf(area, 0.9), 3, mint),
    ].join('');
  },
};
