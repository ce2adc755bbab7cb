import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import { lit, shaded } from '../colour.ts';
import { breadSlice } from '../ingredients/breads.ts';
import {
  blueberry,
  fig,
  lemonSlice,
  lemonWedge,
  limeSlice,
  raspberry,
  strawberry,
} from '../ingredients/fruit.ts';
import { partOf, posy } from '../ingredients/garnish.ts';
import { CHILLI_FLAKES, NUTS, PEPPERCORNS, SESAME, sprinkled } from '../ingredients/grains.ts';
import { type Ingredient, served } from '../ingredients/ingredient.ts';
import { basil, bayLeaf, mint, sprig } from '../ingredients/leaves.ts';
import { cucumberSlice, radishSlice } from '../ingredients/slices.ts';
import { cherryTomato, chickpea, chilli, olive } from '../ingredients/vegetables.ts';
import { type Area, placed, pointAt, polar, spindle, spotAt } from '../outline.ts';
import { linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { circled, strewn } from '../scatter.ts';
import { coffee, glass, sauce, sideBowl, teacup } from './cups.ts';

/** Something small beside the plate. */
export type Corner = (brush: Brush, random: Random, at: Area) => Svg;

const clove: Ingredient = (brush, _random, spot) => {
  const drop = spindle([0.05, 0.42, 0.6, 0.56, 0.3, 0.08, 0.02]);
  const lines = [-0.2, 0.1, 0.32]
    .map((y) =>
      linePath([
        pointAt(spot, -0.85, y * 0.5),
        pointAt(spot, -0.2, y),
        pointAt(spot, 0.7, y * 0.3),
      ]),
    )
    .join('');
  return (
    brush.lump(placed(drop, spot), '#f3e6d2', { lift: 7, gloss: 0.3 }) +
    stroke(lines, '#b98a94', 2, 0.45)
  );
};

const starAnise: Ingredient = (brush, random, spot) =>
  circled({ ...spot, radius: spot.size * 0.5 }, 8, spot.size * 0.5, spot.angle)
    .map(
      (ray) =>
        brush.lump(placed(spindle([0.1, 0.3, 0.42, 0.24, 0.02]), ray), '#7a4322', {
          lift: 4,
          gloss: 0.1,
        }) +
        brush.lump(
          placed(spindle([0, 0.4, 0.4, 0]), spotAt(ray, 0.1, 0, 0.3)),
          random.pick(['#c07a3c', '#a8602c']),
          { lift: 0, gloss: 0.4 },
        ),
    )
    .join('');

const blossom: Ingredient = (brush, random, spot) => {
  const colour = random.pick([
    brush.palette.glazeAlt,
    lit(brush.palette.cloth, 0.4),
    '#fff2e2',
    '#f2b7b0',
  ]);
  const petals = circled(
    { ...spot, radius: spot.size * 0.52 },
    5,
    spot.size * 0.56,
    spot.angle,
  ).map((petal) => {
    const vein = linePath([pointAt(petal, -0.8, 0), pointAt(petal, 0.3, 0)]);
    return (
      brush.lump(placed(spindle([0.1, 0.5, 0.78, 0.7, 0.15]), petal), colour, {
        lift: 4,
        gloss: 0,
      }) + stroke(vein, shaded(colour, 0.4), 2, 0.35)
    );
  });
  const heart = strewn(random, { ...spot, radius: spot.size * 0.16 }, 7, spot.size * 0.08, 0.6);
  return (
    petals.join('') +
    heart.map((dot) => fill(softPath(placed(spindle([0.4, 0.9, 0.4]), dot)), '#e0a02c')).join('')
  );
};

function strewing(
  main: readonly Ingredient[],
  size: number,
  count: number,
  ...grains: readonly (typeof SESAME)[]
): Corner {
  return (brush, random, at) =>
    [
      grains.map((grain) => sprinkled(brush, random, partOf(at, 1.1), 22, grain)).join(''),
      served(
        brush,
        random,
        strewn(random, partOf(at, 0.75), count, at.radius * size, 1.55),
        ...main,
      ),
    ].join('');
}

function branch(extra: Ingredient): Corner {
  return (brush, random, at) => {
    const spot = { ...at, size: at.radius * 0.95, angle: random.angle() };
    const beside = [0.9, -0.9].map((side) => ({
      ...polar(at, at.radius * 0.55 * Math.sign(side), spot.angle + Math.PI / 2),
      size: at.radius * 0.27,
      angle: random.angle(),
    }));
    return (
      sprinkled(brush, random, at, 16, PEPPERCORNS) +
      sprig(brush, random, spot) +
      served(brush, random, beside, extra)
    );
  };
}

function bowlOf(...pieces: readonly Ingredient[]): Corner {
  return (brush, random, at) =>
    sideBowl(
      brush,
      random,
      partOf(at, 0.86),
      (inside) =>
        sauce(brush, random, inside, '#4a2a22') +
        served(
          brush,
          random,
          strewn(random, partOf(inside, 0.78), 22, inside.radius * 0.24, 1),
          ...pieces,
        ),
    );
}

function bowlOfSauce(colours: readonly string[], top: Ingredient): Corner {
  return (brush, random, at) =>
    sideBowl(
      brush,
      random,
      partOf(at, 0.78),
      (inside) =>
        sauce(brush, random, inside, random.pick(colours)) +
        sprinkled(brush, random, partOf(inside, 0.7), 16, random.pick([SESAME, CHILLI_FLAKES])) +
        served(
          brush,
          random,
          [{ ...inside, size: inside.radius * 0.36, angle: random.angle() }],
          top,
        ),
    );
}

/** Two slices of bread, one leaning on the other. */
const bread: Corner = (brush, random, at) => {
  const turn = random.angle();
  const slices = [-1, 1].map((side) => ({
    ...polar(at, at.radius * 0.26 * side, turn),
    size: at.radius * 0.62,
    angle: turn + 1.2 + side * 0.22,
  }));
  return served(brush, random, slices, breadSlice);
};

export const DRINKS: readonly Corner[] = [glass, glass, teacup];

export const SWEET_DRINKS: readonly Corner[] = [glass, coffee, teacup];

export const SIDES: readonly Corner[] = [
  bread,
  bread,
  bowlOf(olive),
  bowlOf(cherryTomato),
  bowlOf(radishSlice, cucumberSlice),
  bowlOf(chickpea),
  bowlOfSauce(['#b5301a', '#c8541e'], basil),
  bowlOfSauce(['#6f9236', '#8aa844'], mint),
  bowlOfSauce(['#f5ead0', '#f1d9a0'], mint),
  bowlOfSauce(['#4a2418', '#6a3418'], sprig),
];

export const SWEET_SIDES: readonly Corner[] = [
  bowlOf(blueberry, raspberry),
  bowlOf(strawberry),
  bowlOfSauce(['#fff4e0'], mint),
  bowlOfSauce(['#a8203c', '#c9902c'], mint),
];

export const LOOSE: readonly Corner[] = [
  strewing([chilli], 0.4, 3, PEPPERCORNS),
  strewing([clove], 0.26, 4, PEPPERCORNS),
  strewing([cherryTomato], 0.25, 4, PEPPERCORNS),
  strewing([starAnise], 0.27, 3, PEPPERCORNS),
  strewing([bayLeaf], 0.5, 3, PEPPERCORNS),
  strewing([lemonSlice, lemonWedge], 0.34, 3, PEPPERCORNS),
  strewing([blossom], 0.34, 3),
  branch(limeSlice),
  branch(clove),
  branch(lemonSlice),
];

export const SWEET_LOOSE: readonly Corner[] = [
  strewing([raspberry, blueberry], 0.2, 6, NUTS),
  strewing([strawberry], 0.3, 3, NUTS),
  strewing([fig], 0.34, 3, NUTS),
  strewing([blossom], 0.34, 3),
  (brush, random, at) =>
    strewing([blossom], 0.28, 2)(brush, random, at) +
    posy(brush, random, partOf(at, 0.35, 0.5, 0.4), mint),
];
