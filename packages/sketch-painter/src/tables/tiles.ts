import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import type { Spot } from '../outline.ts';
import { oval, placed, spindle, spotAt } from '../outline.ts';
import { circlePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';
import { repeated, SHEET, sheet, type Table, turned } from './table.ts';

interface TileColours {
  readonly bold: string;
  readonly light: string;
  readonly third: string;
}

type Motif = (spot: Spot, colours: TileColours) => Svg;

function petals(
  spot: Spot,
  count: number,
  reach: number,
  length: number,
  paint: string,
  turn = 0,
  width = 0.4,
): Svg {
  return Array.from({ length: count }, (_, index) => {
    const at = { ...spot, angle: turn + (index / count) * 2 * Math.PI };
    const outline = spindle([0, width * 0.7, width, width * 0.7, 0]);
    return fill(softPath(placed(outline, spotAt(at, reach, 0, length))), paint);
  }).join('');
}

const flower: Motif = (spot, { bold, light, third }) =>
  [
    fill(circlePath(spot, spot.size * 0.94), bold),
    fill(circlePath(spot, spot.size * 0.84), light),
    petals(spot, 8, 0.46, 0.34, bold),
    petals(spot, 8, 0.66, 0.12, third, Math.PI / 8),
    fill(circlePath(spot, spot.size * 0.15), third),
    fill(circlePath(spot, spot.size * 0.07), light),
  ].join('');

const star: Motif = (spot, { bold, light, third }) =>
  [
    petals(spot, 4, 0.55, 0.56, bold, Math.PI / 4, 0.5),
    petals(spot, 4, 0.5, 0.46, third, 0, 0.5),
    petals(spot, 4, 0.5, 0.3, light, 0, 0.4),
    fill(circlePath(spot, spot.size * 0.2), bold),
    fill(circlePath(spot, spot.size * 0.1), light),
  ].join('');

const wreath: Motif = (spot, { bold, light, third }) =>
  [
    petals(spot, 12, 0.68, 0.22, bold),
    petals(spot, 12, 0.5, 0.13, third, Math.PI / 12),
    stroke(circlePath(spot, spot.size * 0.36), bold, spot.size * 0.06),
    petals(spot, 4, 0.17, 0.16, bold),
    fill(circlePath(spot, spot.size * 0.06), light),
  ].join('');

const CORNERS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

/** The motif where the corners of four tiles meet. */
function cornerRosette(
  side: number,
  x: number,
  y: number,
  { bold, light, third }: TileColours,
): Svg {
  return CORNERS.map(([column, row]) => {
    const at = { x: x + column * side, y: y + row * side };
    return (
      fill(circlePath(at, side * 0.24), bold) +
      fill(circlePath(at, side * 0.17), light) +
      fill(circlePath(at, side * 0.1), third)
    );
  }).join('');
}

function glazed(brush: Brush, side: number, x: number, y: number): Svg {
  const light = brush.ramp({ x, y }, { x: x + side, y: y + side }, [
    { at: 0, colour: '#ffffff', opacity: 0.3 },
    { at: 0.5, colour: '#ffffff', opacity: 0 },
    { at: 1, colour: brush.palette.shadow, opacity: 0.16 },
  ]);
  const rect = `x="${x + 2}" y="${y + 2}" width="${side - 4}" height="${side - 4}" rx="5"`;
  return `<rect ${rect} fill="${light}"/><rect ${rect} fill="none" stroke="${brush.palette.shadow}" stroke-opacity=".28" stroke-width="2"/>`;
}

/** Painted tiles in which two motifs alternate. */
export const azulejo: Table = (brush, random) => {
  const { ceramic, glaze, glazeAlt, ground, pattern } = brush.palette;
  const light = mix(ceramic, ground, 0.22);
  const side = random.pick([150, 180, 214]);
  const motifs = random.sample([flower, star, wreath], 2);
  const colours = { bold: random.pick([glaze, pattern]), light, third: glazeAlt };
  const body = CORNERS.map(([column, row]) => {
    const [x, y] = [column * side, row * side];
    const motif = motifs[(column + row) % 2] ?? flower;
    const spot = { x: x + side / 2, y: y + side / 2, size: side * 0.44, angle: 0 };
    return `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="${light}"/>${cornerRosette(side, x, y, colours)}${motif(spot, colours)}${glazed(brush, side, x, y)}`;
  });
  const tiles = repeated(brush, 2 * side, 2 * side, body.join(''));
  return turned(
    sheet(light) + sheet(tiles) + sheet(ground, 0.2),
    random.pick([0, 45]) + random.between(-4, 4),
  );
};

/** Small hand-cut tiles in shades of one colour. */
export const zellige: Table = (brush, random) => {
  const { glaze, pattern, ground, groundAlt } = brush.palette;
  const base = random.pick([mix(glaze, ground, 0.35), groundAlt, mix(pattern, ground, 0.4)]);
  const side = random.pick([74, 92]);
  const tiles: Svg[] = [];
  for (let y = SHEET.y; y < SHEET.y + SHEET.height; y += side) {
    for (let x = SHEET.x; x < SHEET.x + SHEET.width; x += side)
      tiles.push(handCut(random, base, x, y, side));
  }
  return turned(
    sheet(shaded(base, 0.55)) + tiles.join(''),
    random.pick([0, 45]) + random.between(-5, 5),
  );
};

function handCut(random: Random, base: string, x: number, y: number, side: number): Svg {
  const tone = random.chance(0.55)
    ? lit(base, random.between(0, 0.34))
    : shaded(base, random.between(0, 0.26));
  const middle = { x: x + side / 2, y: y + side / 2 };
  const sheen = {
    x: middle.x - side * random.between(0, 0.2),
    y: middle.y - side * random.between(0, 0.2),
    size: side * random.between(0.2, 0.34),
    angle: random.angle(),
  };
  const rect = `x="${x + 2}" y="${y + 2}" width="${side - 4}" height="${side - 4}" rx="4"`;
  return [
    `<rect ${rect} fill="${tone}"/>`,
    fill(softPath(placed(oval(0.6), sheen)), '#ffffff', random.between(0.04, 0.13)),
    `<path d="M${x + 4} ${y + side - 6}V${y + 4}H${x + side - 6}" fill="none" stroke="#ffffff" stroke-opacity=".3" stroke-width="2"/>`,
  ].join('');
}
