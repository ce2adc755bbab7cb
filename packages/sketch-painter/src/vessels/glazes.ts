import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import { blob, oval, type Point, placed, polar, spindle, spotAt } from '../outline.ts';
import { arcPath, circlePath, hoopPath, linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { circled } from '../scatter.ts';

/** The painted ring of a vessel. */
export interface Rim extends Point {
  readonly outer: number;
  readonly inner: number;
}

/** The material of a vessel and the decoration of its rim. */
export interface Ware {
  readonly body: Colour;
  readonly paintRim: (brush: Brush, random: Random, rim: Rim) => Svg;
}

const middleOf = ({ outer, inner }: Rim) => (outer + inner) / 2;
const widthOf = ({ outer, inner }: Rim) => outer - inner;

function line(rim: Rim, share: number, colour: Colour, width: number, opacity = 1): Svg {
  return stroke(circlePath(rim, rim.inner + widthOf(rim) * share), colour, width, opacity);
}

type RimPattern = (rim: Rim, bold: Colour, other: Colour, random: Random) => Svg;

const bands: RimPattern = (rim, bold, other) =>
  line(rim, 0.9, bold, widthOf(rim) * 0.16) +
  line(rim, 0.68, other, 3) +
  line(rim, 0.12, bold, 2.5, 0.8);

const dots: RimPattern = (rim, bold, other) => {
  const count = 36;
  const row = circled({ ...rim, radius: middleOf(rim) }, count, widthOf(rim) * 0.13);
  const beads = row.map((spot, index) =>
    fill(circlePath(spot, spot.size * (index % 3 ? 0.6 : 1)), index % 3 ? other : bold),
  );
  return line(rim, 0.96, bold, 5) + beads.join('') + line(rim, 0.06, bold, 2);
};

const leaves: RimPattern = (rim, bold, other) => {
  const count = 30;
  const reach = widthOf(rim) * 0.34;
  const foliage = circled({ ...rim, radius: middleOf(rim) }, count, reach).flatMap(
    (spot, index) => {
      const side = index % 2 ? 1 : -1;
      const at = spotAt(spot, side * 0.5, 0, 0.8, Math.PI / 2 - side * 0.7);
      const berry =
        index % 5 === 0 ? fill(circlePath(spotAt(spot, -side * 0.6, 0), reach * 0.24), other) : '';
      return [fill(softPath(placed(spindle([0, 0.3, 0.36, 0.2, 0]), at)), bold), berry];
    },
  );
  return (
    line(rim, 0.95, bold, 4) +
    line(rim, 0.5, bold, 2.4) +
    foliage.join('') +
    line(rim, 0.05, bold, 2)
  );
};

const petals: RimPattern = (rim, bold, other) => {
  const row = circled({ ...rim, radius: middleOf(rim) }, 22, widthOf(rim) * 0.42);
  const drawn = row.map((spot) => {
    const outline = placed(spindle([0.05, 0.3, 0.5, 0.46, 0.1]), spot);
    const vein = linePath([spotAt(spot, -0.7, 0), spotAt(spot, 0.5, 0)]);
    return fill(softPath(outline), bold, 0.9) + stroke(vein, other, 2.4, 0.8);
  });
  return drawn.join('') + line(rim, 0.98, bold, 3);
};

const waves: RimPattern = (rim, bold, other) => {
  const row = circled({ ...rim, radius: rim.inner + widthOf(rim) * 0.3 }, 34, widthOf(rim) * 0.4);
  const scales = row.map((spot) =>
    [1, 0.66, 0.33]
      .map((share) =>
        stroke(
          arcPath(spot, spot.size * share, spot.angle - 1.5, spot.angle + 1.5),
          bold,
          2.6,
          0.85,
        ),
      )
      .join(''),
  );
  return scales.join('') + line(rim, 0.9, other, 5) + line(rim, 0.04, bold, 3);
};

const triangles: RimPattern = (rim, bold, other) => {
  const count = 40;
  const half = Math.PI / count;
  const teeth = circled({ ...rim, radius: rim.inner }, count, 1).map((spot, index) => {
    const [low, high] = [rim.inner + widthOf(rim) * 0.22, rim.inner + widthOf(rim) * 0.78];
    const corners = [
      polar(rim, low, spot.angle - half),
      polar(rim, high, spot.angle),
      polar(rim, low, spot.angle + half),
    ];
    const path = corners
      .map((corner, at) => `${at ? 'L' : 'M'}${corner.x.toFixed(1)} ${corner.y.toFixed(1)}`)
      .join('');
    return fill(`${path}Z`, index % 2 ? other : bold);
  });
  return teeth.join('') + line(rim, 0.16, bold, 3) + line(rim, 0.9, bold, 5);
};

const plainEdge: RimPattern = (rim, bold) =>
  line(rim, 0.97, bold, 7) + line(rim, 0.9, lit(bold, 0.5), 2, 0.6);

function speckles(random: Random, rim: Rim, colour: Colour, count: number): Svg {
  return Array.from({ length: count }, () => {
    const at = polar(rim, rim.outer * Math.sqrt(random.next()), random.angle());
    const outline = placed(blob(random, 0.3, 0.8, 6), {
      ...at,
      size: random.between(0.8, 2.8),
      angle: 0,
    });
    return fill(softPath(outline), colour, random.between(0.25, 0.6));
  }).join('');
}

function painted(patterns: readonly RimPattern[]) {
  return (brush: Brush, random: Random): Ware => {
    const { ceramic, glaze, glazeAlt } = brush.palette;
    const pattern = random.pick(patterns);
    return { body: ceramic, paintRim: (_brush, own, rim) => pattern(rim, glaze, glazeAlt, own) };
  };
}

/** Decoration in one colour, the glaze of the palette. */
function monochrome(brush: Brush, random: Random): Ware {
  const { ceramic, glaze } = brush.palette;
  const pattern = random.pick([leaves, petals, waves]);
  return {
    body: mix(ceramic, '#eef3fb', 0.6),
    paintRim: (_brush, own, rim) => pattern(rim, glaze, mix(glaze, ceramic, 0.4), own),
  };
}

/** Coarse red clay with a rim of runny glaze. */
function earthenware(brush: Brush, random: Random): Ware {
  const { clay, ceramic, glaze } = brush.palette;
  const dip = random.pick([ceramic, glaze, lit(clay, 0.5)]);
  return {
    body: clay,
    paintRim: (_brush, own, rim) => {
      const drips = circled(
        { ...rim, radius: rim.inner + widthOf(rim) * 0.62 },
        26,
        widthOf(rim) * 0.2,
      ).map((spot) =>
        fill(
          softPath(placed(oval(0.9), { ...spot, size: spot.size * own.between(0.7, 1.9) })),
          dip,
          0.9,
        ),
      );
      const ring = hoopPath(rim, rim.outer, rim.inner + widthOf(rim) * 0.58);
      return drips.join('') + fill(ring, dip, 0.95) + speckles(own, rim, shaded(clay, 0.6), 120);
    },
  };
}

function stoneware(brush: Brush, random: Random): Ware {
  const { glaze, ceramic, groundAlt, stone } = brush.palette;
  const body = random.pick([
    mix(ceramic, groundAlt, 0.35),
    mix(glaze, ceramic, 0.25),
    mix(stone, ceramic, 0.15),
  ]);
  return {
    body,
    paintRim: (_brush, own, rim) =>
      speckles(own, rim, shaded(body, 0.7), 240) +
      line(rim, 0.98, shaded(mix(body, '#8a5a34', 0.6), 0.1), 7, 0.85),
  };
}

/** White enamel on steel, with a bare edge. */
function enamel(brush: Brush): Ware {
  const { ceramic, glaze } = brush.palette;
  return {
    body: ceramic,
    paintRim: (_brush, own, rim) =>
      plainEdge(rim, glaze, glaze, own) + line(rim, 0.93, glaze, 9) + speckles(own, rim, glaze, 26),
  };
}

export const WARES = {
  porcelain: painted([bands, dots, plainEdge]),
  folk: painted([triangles, leaves, petals]),
  monochrome,
  earthenware,
  stoneware,
  enamel,
} as const;

export type WareName = keyof typeof WARES;
