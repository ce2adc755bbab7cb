import { fill, stroke } from '../brush.ts';
import { lit, shaded } from '../colour.ts';
import { jittered, oval, placed, pointAt, spindle, spotAt } from '../outline.ts';
import { linePath, softPath } from '../path.ts';
import type { Ingredient } from './ingredient.ts';

export const prawn: Ingredient = (brush, random, spot) => {
  const colour = brush.natural(random.pick(['#ee8a58', '#f09a66', '#e87a4c']));
  const curl = (share: number) => {
    const turn = -2.5 + share * 4.1;
    return { x: 0.62 * Math.cos(turn), y: 0.62 * Math.sin(turn) };
  };
  const tail = [-0.45, 0.45].map((lean) => {
    const end = curl(1);
    return brush.lump(
      placed(
        spindle([0.1, 0.3, 0.36, 0]),
        spotAt(spot, end.x - 0.28, end.y + 0.1 + lean * 0.3, 0.26, Math.PI + lean),
      ),
      shaded('#d4502c', 0.1),
      { lift: 3, gloss: 0.2 },
    );
  });
  const feelers = [-0.2, 0.15].map((lean) =>
    linePath([
      pointAt(spot, curl(0).x, curl(0).y),
      pointAt(spot, -0.95, -0.5 + lean),
      pointAt(spot, -1.05, 0.1 + lean),
    ]),
  );
  const rings = Array.from({ length: 8 }, (_, index) => {
    const share = index / 7;
    const at = curl(share);
    const width = 0.4 - 0.2 * share;
    const piece = spotAt(spot, at.x, at.y, width, -2.5 + share * 4.1 + Math.PI / 2);
    const shade = index % 2 ? colour : lit(colour, 0.25);
    return brush.lump(placed(oval(1.02), piece), shade, { lift: 3, gloss: 0.28 });
  });
  return stroke(feelers.join(''), '#b9442a', 1.6, 0.8) + tail.join('') + rings.reverse().join('');
};

export const mussel: Ingredient = (brush, random, spot) => {
  const shell = spindle([0.08, 0.34, 0.5, 0.54, 0.42, 0.1]);
  const half = (y: number, turn: number) => {
    const at = spotAt(spot, 0, y, 0.95, turn);
    return [
      brush.lump(placed(shell, at), '#2c3044', { lift: 6, gloss: 0 }),
      fill(
        softPath(placed(shell, spotAt(at, 0, 0, 0.84))),
        brush.slope([
          { at: 0, colour: '#8f9bb4' },
          { at: 0.6, colour: '#d9d3dc' },
          { at: 1, colour: '#6f7690' },
        ]),
      ),
    ].join('');
  };
  const meat = placed(
    jittered(spindle([0.2, 0.4, 0.45, 0.3, 0.05]), random, 0.06),
    spotAt(spot, 0.05, 0.26, 0.6, 0.25),
  );
  return half(-0.3, -0.3) + half(0.3, 0.3) + brush.lump(meat, '#ec9a44', { lift: 3, gloss: 0.4 });
};

/** A slice of fish cake with a pink spiral. */
export const fishCake: Ingredient = (brush, random, spot) => {
  const scallops = placed(
    Array.from({ length: 28 }, (_, index) => {
      const turn = (index / 28) * 2 * Math.PI;
      const reach = index % 2 ? 0.9 : 1;
      return { x: reach * Math.cos(turn), y: reach * Math.sin(turn) };
    }),
    spot,
  );
  const curl = Array.from({ length: 14 }, (_, index) => {
    const turn = index * 0.62;
    const reach = 0.06 + index * 0.04;
    return pointAt(spot, reach * Math.cos(turn), reach * Math.sin(turn));
  });
  return (
    brush.lump(scallops, '#fbf4ea', { lift: 5, gloss: 0, depth: 0.14 }) +
    stroke(linePath(curl), random.pick(['#e0708a', '#dd6c7c']), spot.size * 0.13, 0.9)
  );
};
