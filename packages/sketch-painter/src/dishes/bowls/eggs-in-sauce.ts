import { greens, partOf } from '../../ingredients/garnish.ts';
import { CHILLI_FLAKES, PEPPERCORNS, sprinkled } from '../../ingredients/grains.ts';
import { served } from '../../ingredients/ingredient.ts';
import { parsley, spinach } from '../../ingredients/leaves.ts';
import { broth, glint, oilDrops } from '../../ingredients/sauces.ts';
import { crumb, feta, friedEgg } from '../../ingredients/savoury.ts';
import {
  cherryTomato,
  chilliRing,
  greenPepperStrip,
  olive,
  pepperStrip,
  redOnion,
} from '../../ingredients/vegetables.ts';
import { circlePath } from '../../path.ts';
import { circled, strewn } from '../../scatter.ts';
import { PANS } from '../../vessels/vessels.ts';
import type { Dish } from '../dish.ts';

const STYLES = [
  { sauce: '#c23c1c', bits: [pepperStrip, redOnion, greenPepperStrip], leaf: parsley },
  { sauce: '#cf5a24', bits: [cherryTomato, redOnion, pepperStrip], leaf: parsley },
  { sauce: '#5f7d2e', bits: [spinach, greenPepperStrip, spinach], leaf: spinach },
] as const;

export const eggsInSauce: Dish = {
  vessels: PANS,
  eatenWith: ['spoon', 'hands'],
  course: 'main',
  steams: true,
  paint(brush, random, area) {
    const { sauce, bits, leaf } = random.pick(STYLES);
    const colour = brush.natural(sauce);
    const turn = random.angle();
    const count = random.pick([3, 4, 5]);
    const eggs = circled(
      partOf(area, count === 5 ? 0.56 : 0.48),
      count,
      area.radius * (count === 5 ? 0.25 : 0.29),
      turn,
    );
    const lumps = strewn(random, partOf(area, 0.93), 90, area.radius * 0.06, 0.9);
    const bed = [
      served(brush, random, lumps, crumb(colour)),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.88), 34, area.radius * 0.13, 1.1),
        ...bits,
      ),
      oilDrops(random, area, 40, '#f0a23c'),
    ].join('');
    return [
      broth(brush, random, area, colour),
      brush.within(circlePath(area, area.radius * 0.97), bed),
      served(brush, random, eggs, friedEgg),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.85), 16, area.radius * 0.05, 2.4),
        feta,
        feta,
        olive,
      ),
      served(
        brush,
        random,
        strewn(random, partOf(area, 0.8), 7, area.radius * 0.05, 2.4),
        chilliRing,
      ),
      greens(brush, random, partOf(area, 0.85), 10, leaf, parsley),
      sprinkled(brush, random, partOf(area, 0.8), 40, PEPPERCORNS),
      sprinkled(brush, random, partOf(area, 0.8), 40, CHILLI_FLAKES),
      glint(area, 0.25),
    ].join('');
  },
};
