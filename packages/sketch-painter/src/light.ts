import type { Svg } from './brush.ts';
import { fill, stroke } from './brush.ts';
import { oval, placed, pointAt, polar, type Spot, spindle, spotAt } from './outline.ts';
import type { Palette } from './palettes.ts';
import { cornerPath, linePath, softPath } from './path.ts';
import type { Random } from './random.ts';
import { SIDE } from './tables/table.ts';

/** Pixels along each side of the light map. Light is soft, so a small map is enough. */
const LIGHT_SIDE = 192;

/** Slightly darker than the grey that changes nothing, for depth. */
const NEUTRAL = '#7c7876';

/** Daylight through a window with bars. */
function window(random: Random, palette: Palette): Svg {
  const angle = random.between(0.62, 0.95);
  const origin = { x: random.between(-60, 120), y: random.between(-120, 60), size: 250, angle };
  const panes = [0, 1, 2].flatMap((column) =>
    [0, 1].map((row) => {
      const pane = [
        { x: 0, y: 0 },
        { x: 1, y: 0.16 },
        { x: 1, y: 0.96 },
        { x: 0, y: 0.8 },
      ];
      return cornerPath(
        placed(pane, spotAt(origin, column * 1.12 + 0.1, row * 0.94 + column * 0.18 - 0.7)),
        0.02,
      );
    }),
  );
  return fill(panes.join(''), palette.glow, 0.5);
}

/** The shadow of a branch outside the picture. */
function foliage(random: Random, palette: Palette): Svg {
  const branch = (spot: Spot) => {
    const stem = linePath([-1, 0, 1].map((x) => pointAt(spot, x, 0.1 * x * x)));
    const leaves = Array.from({ length: 9 }, (_, index) => {
      const side = index % 2 ? 1 : -1;
      const leaf = spotAt(
        spot,
        -0.85 + index * 0.22,
        side * 0.2,
        0.27,
        side * random.between(0.6, 1),
      );
      return softPath(placed(spindle([0, 0.3, 0.36, 0.22, 0]), leaf));
    });
    return stroke(stem, palette.shadow, 9, 0.34) + fill(leaves.join(''), palette.shadow, 0.36);
  };
  const start = { x: random.between(-40, 120), y: random.between(-40, 120) };
  return [0.25, 0.85, 1.35]
    .map((angle) =>
      branch({
        ...polar(start, 250, angle),
        size: random.between(240, 320),
        angle: angle + random.between(-0.15, 0.15),
      }),
    )
    .join('');
}

/**
 * The light of the whole picture, to blend over it as soft light. Brighter than grey is lit, darker
 * is in shade.
 */
export function lightMap(random: Random, palette: Palette): Svg {
  const effect = random.pick([window, foliage, foliage, undefined]);
  const whole = `M0 0H${SIDE}V${SIDE}H0Z`;
  const plate = softPath(placed(oval(), { x: 500, y: 490, size: 330, angle: 0 }));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LIGHT_SIDE}" height="${LIGHT_SIDE}" viewBox="0 0 ${SIDE} ${SIDE}">
<defs>
<radialGradient id="sun" cx=".22" cy=".14" r=".95"><stop offset="0" stop-color="${palette.glow}" stop-opacity=".66"/><stop offset=".45" stop-color="${palette.glow}" stop-opacity=".2"/><stop offset="1" stop-color="${palette.glow}" stop-opacity="0"/></radialGradient>
<radialGradient id="dusk" cx=".42" cy=".4" r=".82"><stop offset=".52" stop-color="${palette.shadow}" stop-opacity="0"/><stop offset="1" stop-color="${palette.shadow}" stop-opacity=".62"/></radialGradient>
<filter id="soft" x="-.2" y="-.2" width="1.4" height="1.4"><feGaussianBlur stdDeviation="9"/></filter>
<filter id="far" x="-.5" y="-.5" width="2" height="2"><feGaussianBlur stdDeviation="60"/></filter>
</defs>
${fill(whole, NEUTRAL)}${fill(whole, 'url(#sun)')}
<g filter="url(#soft)">${effect?.(random, palette) ?? ''}</g>
${fill(whole, 'url(#dusk)')}
<g filter="url(#far)">${fill(plate, palette.glow, 0.24)}</g>
</svg>`;
}

/** Pixels along each side of the grain tile. */
const GRAIN_SIDE = 256;

/** The texture of paper and brush hairs: a grey tile without visible seams. */
export function grainTile(): Svg {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${GRAIN_SIDE}" height="${GRAIN_SIDE}">
<filter id="grain" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">
<feTurbulence type="fractalNoise" baseFrequency=".06 .31" numOctaves="3" seed="7" stitchTiles="stitch"/>
<feColorMatrix values=".28 .16 0 0 .28 .28 .16 0 0 .28 .28 .16 0 0 .28 0 0 0 0 1"/>
</filter>
<rect width="${GRAIN_SIDE}" height="${GRAIN_SIDE}" filter="url(#grain)"/>
</svg>`;
}
