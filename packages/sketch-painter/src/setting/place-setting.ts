import type { Brush, Svg } from '../brush.ts';
import type { Dish, Utensil } from '../dishes/dish.ts';
import { type Area, polar, type Spot } from '../outline.ts';
import type { Random } from '../random.ts';
import { SIDE } from '../tables/table.ts';
import { napkin, placemat, strawMat } from './cloths.ts';
import {
  type Corner,
  DRINKS,
  LOOSE,
  SIDES,
  SWEET_DRINKS,
  SWEET_LOOSE,
  SWEET_SIDES,
} from './corners.ts';
import { chopsticks, fork, knife, spoon } from './cutlery.ts';

/** Everything around the plate: below it and beside it. */
export interface PlaceSetting {
  readonly below: Svg;
  readonly beside: Svg;
}

interface Edge extends Spot {
  /** The angle from the plate to this edge of the picture. */
  readonly outward: number;
}

const INSET = 84;
const LENGTH = 236;

const EDGES = {
  left: { x: INSET, y: SIDE / 2, size: LENGTH, angle: -Math.PI / 2, outward: Math.PI },
  right: { x: SIDE - INSET, y: SIDE / 2, size: LENGTH, angle: -Math.PI / 2, outward: 0 },
  bottom: { x: SIDE / 2, y: SIDE - INSET * 0.8, size: LENGTH, angle: 0, outward: Math.PI / 2 },
} as const satisfies Record<string, Edge>;

const CORNERS = [-Math.PI * 0.75, -Math.PI * 0.25, Math.PI * 0.25, Math.PI * 0.75];

function lay(brush: Brush, random: Random, utensil: Utensil): { below: Svg; beside: Svg } {
  const slack = () => random.between(-0.045, 0.045);
  const side: Edge = random.pick([EDGES.left, EDGES.right]);
  const cloth = (edge: Edge) =>
    napkin(brush, random, {
      ...edge,
      ...polar(edge, 18, edge.outward),
      size: 214,
      angle: edge.angle + slack(),
    });
  const at = (edge: Edge, aside = 0) => ({
    ...edge,
    ...polar(edge, aside, edge.angle + Math.PI / 2),
    angle: edge.angle + slack(),
  });

  if (utensil === 'hands') {
    return {
      below: napkin(brush, random, {
        ...side,
        ...polar(side, 46, side.outward),
        size: 226,
        angle: side.angle + random.between(-0.3, 0.3),
      }),
      beside: '',
    };
  }
  if (utensil === 'chopsticks') {
    const edge = random.pick([EDGES.right, EDGES.bottom]);
    return {
      below: random.chance(0.4) ? cloth(edge) : '',
      beside: chopsticks(brush, random, { ...at(edge), angle: edge.angle + Math.PI + slack() }),
    };
  }
  if (utensil === 'spoon') return { below: cloth(side), beside: spoon(brush, random, at(side)) };
  if (random.chance(0.5)) {
    return {
      below: cloth(EDGES.left),
      beside: fork(brush, random, at(EDGES.left)) + knife(brush, random, at(EDGES.right)),
    };
  }
  return {
    below: cloth(side),
    beside: fork(brush, random, at(side, -26)) + knife(brush, random, at(side, 30)),
  };
}

function mat(brush: Brush, random: Random, place: Area): Svg {
  return random.pick([placemat, strawMat])(brush, random, place);
}

/** A drink, a side and something loose, each in its own corner. One corner stays empty. */
function cornersFor(random: Random, dish: Dish): readonly Corner[] {
  const sweet = dish.course === 'sweet';
  const side = random.pick(sweet ? SWEET_SIDES : SIDES);
  const loose = random.pick(sweet ? SWEET_LOOSE : LOOSE);
  const drink = random.pick(sweet ? SWEET_DRINKS : DRINKS);
  return [drink, loose, side].slice(0, random.chance(0.7) ? 3 : 2);
}

/** Sets the table around a plate. `handle` is the angle of the vessel's handle, which stays free. */
export function setThePlace(
  brush: Brush,
  random: Random,
  dish: Dish,
  place: Area,
  handle?: number,
): PlaceSetting {
  const utensils = lay(brush, random.fork('utensils'), random.pick(dish.eatenWith));
  const free = CORNERS.filter((angle) => handle === undefined || Math.cos(angle - handle) < 0.6);
  const corners = random.sample(free, 3);
  const beside = cornersFor(random, dish).map((corner, index) => {
    const angle = corners[index] ?? 0;
    const radius = random.between(96, 110);
    const reach = place.radius + radius + random.between(28, 44);
    const at = { ...polar(place, reach, angle), radius };
    return corner(brush, random.fork(`corner ${index}`), at);
  });
  const ground = random.chance(0.42) ? mat(brush, random.fork('mat'), place) : '';
  return { below: ground + utensils.below, beside: utensils.beside + beside.join('') };
}
