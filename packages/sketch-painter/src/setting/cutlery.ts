import type { Brush, Svg } from '../brush.ts';
import { fill, stroke } from '../brush.ts';
import type { Colour } from '../colour.ts';
import { lit, mix, shaded } from '../colour.ts';
import { type Outline, placed, pointAt, type Spot, slab } from '../outline.ts';
import { cornerPath, linePath, softPath } from '../path.ts';
import type { Random } from '../random.ts';

/** Half a silhouette: positions along it, from -1 to 1, and the half width at each. */
type Profile = readonly (readonly [number, number])[];

function mirrored(profile: Profile): Outline {
  const side = (sign: number) => profile.map(([x, y]) => ({ x, y: sign * y }));
  return [...side(-1), ...side(1).reverse()];
}

const HANDLE: Profile = [
  [-1, 0.012],
  [-0.97, 0.05],
  [-0.8, 0.055],
  [-0.3, 0.026],
  [0.2, 0.024],
];
const SPOON: Profile = [
  ...HANDLE,
  [0.42, 0.035],
  [0.55, 0.11],
  [0.74, 0.155],
  [0.92, 0.12],
  [1, 0.03],
];
const FORK: Profile = [
  ...HANDLE,
  [0.4, 0.04],
  [0.5, 0.105],
  [0.62, 0.115],
  [0.98, 0.108],
  [1, 0.09],
];

/** The metal colour of the palette, made cooler so that it does not look like wood. */
function silver(brush: Brush): Colour {
  return mix(brush.palette.metal, '#b4bcc4', 0.62);
}

/** Polished metal: a dark edge, a bright ridge. */
function polished(brush: Brush, path: string): Svg {
  const metal = silver(brush);
  const paint = brush.slope([
    { at: 0, colour: lit(metal, 0.75) },
    { at: 0.35, colour: metal },
    { at: 0.55, colour: mix(metal, '#ffffff', 0.7) },
    { at: 1, colour: shaded(metal, 0.45) },
  ]);
  return [
    brush.contact(path, 9),
    fill(path, paint),
    stroke(path, shaded(metal, 0.6), 1.4, 0.5),
    stroke(path, '#ffffff', 1.2, 0.45, 'translate(-1 -1.2)'),
  ].join('');
}

export function spoon(brush: Brush, _random: Random, spot: Spot): Svg {
  const dish = [
    [0.5, 0],
    [0.58, 0.085],
    [0.74, 0.118],
    [0.9, 0.088],
    [0.96, 0],
  ] as const;
  const hollow = softPath(placed(mirrored(dish), spot));
  const paint = brush.slope([
    { at: 0, colour: shaded(silver(brush), 0.5) },
    { at: 0.6, colour: silver(brush) },
    { at: 1, colour: mix(silver(brush), '#ffffff', 0.8) },
  ]);
  return polished(brush, softPath(placed(mirrored(SPOON), spot))) + fill(hollow, paint, 0.9);
}

export function fork(brush: Brush, _random: Random, spot: Spot): Svg {
  const gaps = [-0.056, 0, 0.056]
    .map((y) => linePath([pointAt(spot, 0.68, y), pointAt(spot, 1.01, y)]))
    .join('');
  const path = softPath(placed(mirrored(FORK), spot));
  return polished(brush, path) + stroke(gaps, brush.palette.shadow, spot.size * 0.026, 0.72);
}

export function knife(brush: Brush, _random: Random, spot: Spot): Svg {
  const blade = [
    { x: 0.05, y: -0.05 },
    { x: 0.6, y: -0.06 },
    { x: 0.9, y: -0.055 },
    { x: 1, y: 0.005 },
    { x: 0.9, y: 0.05 },
    { x: 0.4, y: 0.055 },
    { x: 0.05, y: 0.045 },
  ];
  const edge = linePath([pointAt(spot, 0.12, 0.03), pointAt(spot, 0.92, 0.03)]);
  const wood = mix(brush.palette.wood, '#c08a58', 0.3);
  const grip = cornerPath(
    placed(slab(0.12, 0.1), { ...spot, ...pointAt(spot, -0.48, 0), size: spot.size * 0.52 }),
    0.3,
  );
  return [
    polished(brush, softPath(placed(blade, spot))),
    stroke(edge, '#ffffff', 1.6, 0.6),
    brush.contact(grip, 9),
    fill(
      grip,
      brush.slope([
        { at: 0, colour: lit(wood, 0.3) },
        { at: 1, colour: shaded(wood, 0.4) },
      ]),
    ),
    stroke(
      linePath([pointAt(spot, -0.94, -0.02), pointAt(spot, -0.05, -0.02)]),
      lit(wood, 0.6),
      2,
      0.4,
    ),
  ].join('');
}

export function chopsticks(brush: Brush, random: Random, spot: Spot): Svg {
  const lacquer = random.pick([
    mix(brush.palette.wood, '#3a1c18', 0.5),
    brush.palette.glaze,
    '#8a5a34',
    '#9c2f2a',
  ]);
  const spread = random.between(0.03, 0.05);
  const sticks = [-1, 1].map((side) => {
    const outline = [
      { x: -1, y: side * spread - 0.022 },
      { x: 1, y: side * (spread + 0.012) - 0.011 },
      { x: 1, y: side * (spread + 0.012) + 0.011 },
      { x: -1, y: side * spread + 0.022 },
    ];
    const path = cornerPath(placed(outline, spot), 0.004);
    const light = linePath([
      pointAt(spot, -0.98, side * spread - 0.008),
      pointAt(spot, 0.98, side * (spread + 0.012) - 0.004),
    ]);
    const bands = [-0.86, -0.8, -0.72]
      .map((x) =>
        linePath([pointAt(spot, x, side * spread - 0.02), pointAt(spot, x, side * spread + 0.02)]),
      )
      .join('');
    return [
      brush.contact(path, 11),
      fill(
        path,
        brush.slope([
          { at: 0, colour: lit(lacquer, 0.3) },
          { at: 1, colour: shaded(lacquer, 0.45) },
        ]),
      ),
      stroke(light, lit(lacquer, 0.8), 2, 0.6),
      stroke(bands, brush.palette.glazeAlt, 4, 0.9),
    ].join('');
  });
  const rest = placed(slab(0.42, 0.3), {
    ...spot,
    ...pointAt(spot, 0.72, 0),
    size: spot.size * 0.13,
    angle: spot.angle + Math.PI / 2,
  });
  return brush.lump(rest, brush.palette.ceramic, { lift: 7, gloss: 0.2 }) + sticks.join('');
}
