import { fill, stroke } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import { blob, jittered, oval, placed, pointAt, slab, spindle, spotAt } from '../outline.ts';
import { circlePath, cornerPath, hoopPath, linePath, softPath } from '../path.ts';
import type { Ingredient } from './ingredient.ts';

/** A ring of onion, leek or pepper with an open middle. */
function hoop(colours: readonly string[], thickness: number): Ingredient {
  return (brush, random, spot) => {
    const colour = brush.natural(random.pick(colours));
    const inner = 1 - thickness;
    const path = hoopPath(spot, spot.size, spot.size * inner);
    return [
      brush.contact(path, Math.max(2, spot.size * 0.16)),
      fill(path, brush.body(colour, 0.3)),
      stroke(
        circlePath(spot, spot.size * (1 - thickness * 0.35)),
        lit(colour, 0.7),
        spot.size * thickness * 0.25,
        0.6,
      ),
      stroke(circlePath(spot, spot.size), shaded(colour, 0.4), 1, 0.45),
    ].join('');
  };
}

export const springOnion = hoop(['#7fb24a', '#a8cc6c', '#5f9a3e'], 0.5);
export const redOnion = hoop(['#a8507f', '#c27a9d', '#8f3f6d'], 0.24);
export const chilliRing = hoop(['#c9281c', '#dd4a24'], 0.42);

/** A slim pod with a stalk. */
export const chilli: Ingredient = (brush, random, spot) => {
  const bow = random.between(0.15, 0.4);
  const bent = spindle([0.12, 0.2, 0.2, 0.16, 0.1, 0.01]).map(({ x, y }) => ({
    x,
    y: y + bow * (x * x - 0.4),
  }));
  const stalk = [pointAt(spot, -0.95, bow * 0.5), pointAt(spot, -1.25, bow * 0.5 - 0.14)];
  const colour = random.pick(['#c4261c', '#c4261c', '#4c8a34']);
  return (
    brush.strand(stalk, '#5d7d32', spot.size * 0.1, 3) +
    brush.lump(placed(bent, spot), brush.natural(colour), { lift: 5, gloss: 0.55 })
  );
};

function strip(colours: readonly string[], bend = 0.3): Ingredient {
  return (brush, random, spot) => {
    const bow = random.between(-bend, bend);
    const points = [-1, -0.4, 0.3, 1].map((x) => pointAt(spot, x, bow * (1 - x * x)));
    return brush.strand(points, brush.natural(random.pick(colours)), spot.size * 0.34, 4);
  };
}

export const pepperStrip = strip(['#cf2f22', '#e2a526', '#d9541f'], 0.45);
export const greenPepperStrip = strip(['#5c9a3c', '#4a8634'], 0.45);
export const carrotStick = strip(['#e07f26', '#ec9136'], 0.12);
export const greenBean = strip(['#4f8a38', '#639a42'], 0.2);
export const pickledGinger = strip(['#f2b7a6', '#f6cabb'], 0.6);

/** A square piece for a skewer. */
function square(colours: readonly string[]): Ingredient {
  return (brush, random, spot) => {
    const outline = placed(jittered(slab(0.85, 0.2), random, 0.07), spot);
    return brush.lump(outline, brush.natural(random.pick(colours)), { lift: 6, gloss: 0.45 });
  };
}

export const pepperSquare = square(['#cf2f22', '#e2a526', '#5c9a3c', '#d9601f']);
export const onionSquare = square(['#b86a98', '#e6d3d4', '#a8507f']);

export const cherryTomato: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#d4331f', '#de4a24', '#c92a1c', '#e88a2a']));
  return brush.lump(placed(blob(random, 0.04), spot), colour, { lift: 6, gloss: 0.7, depth: 0.5 });
};

export const olive: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#3a2a3c', '#4b5a2a', '#5d3247', '#77803a']));
  const hole = spotAt(spot, 0.5, 0, 0.26);
  return (
    brush.lump(placed(oval(0.8), spot), colour, { lift: 5, gloss: 0.6 }) +
    fill(circlePath(hole, hole.size), shaded(colour, 0.6), 0.9)
  );
};

export const pea: Ingredient = (brush, random, spot) =>
  brush.lump(
    placed(blob(random, 0.05), spot),
    brush.natural(random.pick(['#77a93c', '#8aba4a', '#659a36'])),
    { lift: 3, gloss: 0.5 },
  );

export const chickpea: Ingredient = (brush, random, spot) =>
  brush.lump(
    placed(jittered(spindle([0.5, 0.85, 0.9, 0.7, 0.1]), random, 0.05), spot),
    brush.natural(random.pick(['#dcb36a', '#e6c27e', '#cfa257'])),
    { lift: 4, gloss: 0.25 },
  );

export const bean: Ingredient = (brush, random, spot) => {
  const bent = oval(0.58).map(({ x, y }) => ({ x, y: y + 0.25 * x * x }));
  const colour = brush.natural(random.pick(['#5c2028', '#3b1f24', '#7a2e2a']));
  return brush.lump(placed(bent, spot), colour, { lift: 4, gloss: 0.5 });
};

export const potato: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#e6c36c', '#eccd7e', '#dcb458']));
  const path = cornerPath(placed(jittered(slab(0.72, 0.3), random, 0.09), spot), 0.4);
  const face = cornerPath(
    placed(jittered(slab(0.62, 0.3), random, 0.08), spotAt(spot, -0.08, -0.06, 0.74)),
    0.4,
  );
  return (
    brush.contact(path, 6) +
    fill(path, brush.body(shaded(colour, 0.16), 0.4)) +
    fill(face, lit(colour, 0.22), 0.85)
  );
};

export const mushroomSlice: Ingredient = (brush, _random, spot) => {
  const cap = [
    { x: -1, y: 0.1 },
    { x: -0.8, y: -0.55 },
    { x: 0, y: -0.85 },
    { x: 0.8, y: -0.55 },
    { x: 1, y: 0.1 },
    { x: 0.6, y: 0.3 },
    { x: 0.26, y: 0.2 },
    { x: 0.26, y: 0.9 },
    { x: -0.26, y: 0.9 },
    { x: -0.26, y: 0.2 },
    { x: -0.6, y: 0.3 },
  ];
  const gills = linePath([-0.7, 0, 0.7].map((x) => pointAt(spot, x, 0.08 - 0.12 * (1 - x * x))));
  return (
    brush.lump(placed(cap, spot), brush.natural('#e2cba6'), { lift: 4, gloss: 0 }) +
    stroke(gills, '#8a6244', Math.max(2, spot.size * 0.11), 0.7)
  );
};

export const broccoli: Ingredient = (brush, random, spot) => {
  const stalk = brush.lump(placed(slab(0.3, 0.12), spotAt(spot, -0.55, 0, 0.5)), '#a8c06c', {
    gloss: 0,
  });
  const florets = Array.from({ length: 9 }, (_, index) => {
    const turn = (index / 8) * 2 * Math.PI;
    const reach = index === 8 ? 0 : 0.46;
    const bud = spotAt(
      spot,
      0.25 + reach * Math.cos(turn),
      reach * Math.sin(turn),
      random.between(0.32, 0.4),
    );
    const colour = mix('#3f7a35', '#6aa04a', random.next());
    return brush.lump(placed(blob(random, 0.16), bud), brush.natural(colour), {
      lift: 3,
      gloss: 0,
    });
  });
  return stalk + florets.join('');
};

/** Half an avocado, sliced into a fan. */
export const avocado: Ingredient = (brush, _random, spot) =>
  [-0.75, -0.45, -0.15, 0.15, 0.45, 0.75]
    .map((y) => {
      const at = spotAt(spot, 0.1 * y, y * 0.75, 0.98 - 0.25 * Math.abs(y), y * 0.16);
      const moon = spindle([0.03, 0.2, 0.3, 0.32, 0.24, 0.05]).map((point) => ({
        x: point.x,
        y: point.y - 0.2 * (1 - point.x * point.x),
      }));
      const outline = placed(moon, at);
      const inner = placed(
        moon.map((point) => ({ x: point.x * 0.88, y: point.y * 0.8 + 0.03 })),
        at,
      );
      return (
        brush.lump(outline, '#8fae46', { lift: 4, gloss: 0 }) +
        fill(softPath(inner), brush.body('#e4e09a', 0.14))
      );
    })
    .join('');
