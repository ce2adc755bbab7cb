import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import { blob, jittered, oval, placed, pointAt, slab, spindle, spotAt } from '../outline.ts';
import { cornerPath, linePath, softPath } from '../path.ts';
import type { Ingredient } from './ingredient.ts';

export const eggHalf: Ingredient = (brush, random, spot) => {
  const egg = spindle([0.34, 0.66, 0.76, 0.68, 0.34]);
  const yolk = spotAt(spot, -0.12, 0, 0.48);
  return [
    brush.lump(placed(egg, spot), random.pick(['#fbf3e2', '#f3e0c2']), {
      lift: 6,
      gloss: 0,
      depth: 0.2,
    }),
    fill(softPath(placed(blob(random, 0.03), spotAt(yolk, 0, 0, 1.08))), '#e08a1e'),
    fill(softPath(placed(blob(random, 0.03), yolk)), brush.body('#f2a52c', 0.2)),
    fill(
      softPath(
        placed(oval(0.5), {
          ...spotAt(yolk, 0, 0, 0.26),
          x: yolk.x - yolk.size * 0.35,
          y: yolk.y - yolk.size * 0.4,
          angle: -0.7,
        }),
      ),
      '#fff6d8',
      0.8,
    ),
  ].join('');
};

export const friedEgg: Ingredient = (brush, random, spot) => {
  const white = blob(random, 0.14, 0.92, 11);
  const yolk = spotAt(spot, random.between(-0.14, 0.14), random.between(-0.12, 0.12), 0.4);
  const outer = placed(white, spot);
  return [
    brush.lump(outer, '#fbf2dd', { lift: 4, gloss: 0, depth: 0.14 }),
    stroke(softPath(placed(white, spotAt(spot, 0, 0, 0.96))), '#c98f45', 2, 0.35),
    fill(softPath(placed(blob(random, 0.1), spotAt(spot, -0.1, -0.1, 0.74))), '#ffffff', 0.6),
    brush.lump(placed(blob(random, 0.03, 1, 12), yolk), '#f3a021', {
      lift: 5,
      gloss: 0.75,
      depth: 0.32,
    }),
  ].join('');
};

/** A grilled piece: a glossy browned crust with dark grill marks. */
function seared(colours: readonly Colour[]): Ingredient {
  return (brush, random, spot) => {
    const colour = brush.natural(random.pick(colours));
    const outline = placed(jittered(slab(0.74, 0.34), random, 0.11), spot);
    const path = softPath(outline);
    const turn = random.between(-0.3, 0.3);
    const marks = [-0.5, 0, 0.5].map((x) =>
      linePath([pointAt(spot, x + turn, -0.8), pointAt(spot, x - turn, 0.8)]),
    );
    const crust = placed(blob(random, 0.25, 0.7), spotAt(spot, 0.28, 0.24, 0.62));
    const juice = placed(spindle([0, 0.22, 0.26, 0]), {
      ...spotAt(spot, 0, 0, random.between(0.2, 0.3)),
      x: spot.x - spot.size * 0.3,
      y: spot.y - spot.size * 0.36,
      angle: random.between(-0.9, -0.3),
    });
    const details = [
      fill(softPath(crust), shaded(colour, 0.6), 0.34),
      stroke(marks.join(''), shaded(colour, 0.85), spot.size * 0.15, 0.5),
    ];
    return [
      brush.lump(outline, colour, { lift: 6, gloss: 0, depth: 0.6 }),
      brush.within(path, details.join('')),
      fill(softPath(juice), '#ffe9c4', 0.62),
    ].join('');
  };
}

/** A roast leg with a visible bone end. */
export const drumstick: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#c27a30', '#b56c28', '#cc883c']));
  const leg = spindle([0.16, 0.15, 0.2, 0.36, 0.56, 0.66, 0.56, 0.2]);
  const knuckles = [-0.1, 0.1].map((y) =>
    brush.lump(placed(oval(), spotAt(spot, -1.22, y, 0.13)), '#f3e3c6', { lift: 4, gloss: 0.2 }),
  );
  const outline = placed(jittered(leg, random, 0.02), spot);
  const browned = [
    fill(
      softPath(placed(blob(random, 0.2, 0.6), spotAt(spot, 0.5, 0.2, 0.42))),
      shaded(colour, 0.6),
      0.36,
    ),
    fill(
      softPath(placed(blob(random, 0.25, 0.6), spotAt(spot, 0, 0.14, 0.24))),
      shaded(colour, 0.6),
      0.3,
    ),
  ];
  return [
    brush.strand([pointAt(spot, -1.2, 0), pointAt(spot, -0.8, 0)], '#f0dfc0', spot.size * 0.16, 4),
    knuckles.join(''),
    brush.lump(outline, colour, { lift: 8, gloss: 0.4, depth: 0.55 }),
    brush.within(softPath(outline), browned.join('')),
  ].join('');
};

export const beef = seared(['#85421f', '#96502a', '#74391c']);
export const chicken = seared(['#d9983f', '#cf8732', '#e2aa54']);
/** A fried ball with a rough crust. */
export const falafel: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#a06a2a', '#8f5c22', '#ae7a34']));
  const crumbs = Array.from({ length: 12 }, () => {
    const turn = random.angle();
    const reach = 0.8 * Math.sqrt(random.next());
    const at = spotAt(
      spot,
      reach * Math.cos(turn),
      reach * Math.sin(turn),
      random.between(0.08, 0.16),
    );
    return fill(
      softPath(placed(blob(random, 0.3, 0.7, 6), at)),
      random.chance(0.4) ? lit(colour, 0.4) : shaded(colour, 0.5),
      0.55,
    );
  });
  return (
    brush.lump(placed(blob(random, 0.08, 0.96, 11), spot), colour, {
      lift: 8,
      gloss: 0,
      depth: 0.6,
    }) + crumbs.join('')
  );
};

export const lamb = seared(['#9c4a2c', '#b05c34']);

/** Cubes of cheese or tofu with a pale top and a toasted side. */
function cube(colours: readonly Colour[]): Ingredient {
  return (brush, random, spot) => {
    const colour = random.pick(colours);
    const square = jittered(slab(0.86, 0.12), random, 0.05);
    const side = cornerPath(placed(square, spot), 0.2);
    const top = cornerPath(
      placed(square, {
        ...spot,
        x: spot.x - spot.size * 0.12,
        y: spot.y - spot.size * 0.16,
        size: spot.size * 0.86,
      }),
      0.2,
    );
    return (
      brush.contact(side, 6) + fill(side, shaded(colour, 0.3)) + fill(top, brush.body(colour, 0.12))
    );
  };
}

export const feta = cube(['#fdf8ea', '#f8f0de']);
export const tofu = cube(['#f6e8c6', '#eedbb0']);
export const paneer = cube(['#f6dfae', '#ecc98a']);

/** A fan of `count` slices of a roast across the spot. */
function fannedSlices(colour: Colour, crust: Colour, count = 5): Ingredient {
  return (brush, random, spot) =>
    Array.from({ length: count }, (_, index) => {
      const x = -0.8 + (1.6 * index) / (count - 1);
      const at = spotAt(spot, x, 0.12 * Math.sin(index), 0.66, random.between(-0.1, 0.1));
      const outline = jittered(
        oval(1.15).map((point) => ({ x: point.x * 0.62, y: point.y })),
        random,
        0.05,
      );
      const face = placed(outline, spotAt(at, -0.02, 0, 0.86));
      const fat = placed(
        spindle([0, 0.12, 0.16, 0.1, 0]),
        spotAt(at, 0.05, random.between(-0.5, 0.5), 0.42, 1.2),
      );
      return [
        brush.lump(placed(outline, at), brush.natural(crust), { lift: 6, gloss: 0 }),
        fill(softPath(face), brush.body(brush.natural(colour), 0.22)),
        fill(softPath(fat), lit(colour, 0.75), 0.6),
      ].join('');
    }).join('');
}

export const roast = fannedSlices('#d9a07a', '#7d4524');
export const duck = fannedSlices('#c98472', '#6a3018', 6);

/** A crumb of minced meat or vegetables. */
export function crumb(colour: Colour): Ingredient {
  return (brush, random, spot) =>
    brush.lump(
      placed(blob(random, 0.28, 0.8, 7), spot),
      brush.natural(mix(colour, shaded(colour, 0.5), random.next() * 0.6)),
      { lift: 3, gloss: 0.12 },
    );
}
