import type { Brush, Svg } from '../brush.ts';
import { fill } from '../brush.ts';
import { lit, mix, shaded } from '../colour.ts';
import type { Random } from '../random.ts';
import { repeated, SHEET, SIDE, sheet, type Table, turned } from './table.ts';

/** Threads over and under each other. */
function weave(brush: Brush, coarseness = 6): Svg {
  const c = coarseness;
  const dark: string[] = [];
  const bright: string[] = [];
  for (let row = 0; row < 24; row++) {
    for (let column = row % 2; column < 24; column += 2) {
      const [x, y] = [column * c, row * c];
      dark.push(`M${x} ${y}h${c}v1h-${c}zM${x} ${y}v${c}h1v-${c}z`);
      bright.push(`M${x + 1} ${y + 1}h${c - 1}v${c / 2}h-${c - 1}z`);
    }
  }
  const threads = fill(dark.join(''), brush.palette.shadow) + fill(bright.join(''), '#ffffff');
  return sheet(repeated(brush, 24 * c, 24 * c, threads), 0.09);
}

/** Soft folds from storage. Each has a lit and a shaded side. */
function creases(brush: Brush, places: readonly number[], upright: boolean): Svg {
  return places
    .map((place) => {
      const at = (shift: number) =>
        upright ? { x: place + shift, y: 0 } : { x: 0, y: place + shift };
      const paint = brush.ramp(at(-70), at(70), [
        { at: 0, colour: '#ffffff', opacity: 0 },
        { at: 0.47, colour: brush.palette.glow, opacity: 0.13 },
        { at: 0.52, colour: brush.palette.shadow, opacity: 0.16 },
        { at: 1, colour: brush.palette.shadow, opacity: 0 },
      ]);
      const [from, to] = [SHEET.x, SHEET.x + SHEET.width];
      const path = upright
        ? `M${place - 70} ${from}H${place + 70}V${to}H${place - 70}Z`
        : `M${from} ${place - 70}V${place + 70}H${to}V${place - 70}Z`;
      return fill(path, paint);
    })
    .join('');
}

function folded(brush: Brush, random: Random): Svg {
  const upright = creases(brush, [random.between(180, 360), random.between(680, 860)], true);
  return upright + creases(brush, [random.between(120, 420), random.between(620, 900)], false);
}

export const gingham: Table = (brush, random) => {
  const { ground, groundAlt, pattern } = brush.palette;
  const cell = random.pick([44, 56, 72]);
  const base = lit(ground, random.pick([0.3, 0.55]));
  const check = random.pick([groundAlt, pattern]);
  const bars = (x: number, y: number, w: number, h: number) =>
    `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${check}" fill-opacity=".52"/>`;
  const body = bars(0, 0, cell, 2 * cell) + bars(0, 0, 2 * cell, cell);
  const cloth = sheet(base) + sheet(repeated(brush, 2 * cell, 2 * cell, body)) + weave(brush);
  return turned(cloth + folded(brush, random), random.between(-24, 24));
};

/** Plain cloth with a few groups of woven stripes. */
export const linen: Table = (brush, random) => {
  const { ground, groundAlt, pattern } = brush.palette;
  const stripe = random.pick([pattern, groundAlt]);
  const widths = random.pick([[7, 26, 7], [5, 5, 5], [40], [12, 4, 4, 12]]);
  const groups = random.pick([[150, 850], [90, 360, 660, 930], [210], [60, 964]]);
  const stripes = groups.flatMap((start) => {
    let x = start;
    return widths.map((width) => {
      const path = `M${x} ${SHEET.y}h${width}v${SHEET.height}h-${width}Z`;
      x += width + 9;
      return fill(path, stripe, 0.78);
    });
  });
  const cloth = sheet(ground) + stripes.join('') + weave(brush, random.pick([5, 7]));
  return turned(cloth + folded(brush, random), random.pick([0, 90]) + random.between(-14, 14));
};

/** A runner with bold bands, as from a handloom. */
export const woven: Table = (brush, random) => {
  const { ground, groundAlt, pattern, glazeAlt, cloth } = brush.palette;
  const tones = [groundAlt, pattern, glazeAlt, mix(ground, cloth, 0.5)];
  const bands: Svg[] = [];
  let y = SHEET.y;
  while (y < SHEET.y + SHEET.height) {
    const height = random.pick([12, 20, 32, 64, 96, 120]);
    const tone = random.chance(0.6) ? ground : random.pick(tones);
    bands.push(
      `<rect x="${SHEET.x}" y="${y}" width="${SHEET.width}" height="${height}" fill="${tone}"/>`,
    );
    if (height > 60 && tone !== ground)
      bands.push(zigzag(y + height / 2, height * 0.26, random.pick(tones), tone));
    y += height;
  }
  const runner =
    bands.join('') + weave(brush, 7) + creases(brush, [random.between(300, 700)], false);
  return turned(runner, random.pick([0, 90]) + random.between(-12, 12));
};

function zigzag(y: number, reach: number, tone: string, under: string): Svg {
  const line = tone === under ? shaded(tone, 0.3) : tone;
  const steps = Array.from(
    { length: 60 },
    (_, index) => `L${SHEET.x + index * 26} ${y + (index % 2 ? reach : -reach)}`,
  );
  return `<path d="M${SHEET.x} ${y}${steps.join('')}" fill="none" stroke="${line}" stroke-width="7"/>`;
}

/** Bamboo slats held together by threads. */
export const bamboo: Table = (brush, random) => {
  const base = mix('#cda763', brush.palette.ground, 0.25);
  const slat = 23;
  const slats: Svg[] = [];
  for (let y = SHEET.y; y < SIDE - SHEET.y; y += slat) {
    const tone = mix(base, random.chance(0.5) ? '#f1d79c' : '#9a7236', random.between(0, 0.32));
    const knots = Array.from({ length: 3 }, () => {
      const x = random.between(SHEET.x, SIDE - SHEET.y);
      return `<path d="M${x.toFixed(0)} ${y}v${slat}" stroke="${shaded(tone, 0.35)}" stroke-width="3" stroke-opacity=".6"/>`;
    });
    const bar = (top: number, height: number, paint: string, opacity: number) =>
      `<rect x="${SHEET.x}" y="${y + top}" width="${SHEET.width}" height="${height}" fill="${paint}" fill-opacity="${opacity}"/>`;
    slats.push(
      bar(0, slat, tone, 1),
      bar(2, 6, '#fff2c8', 0.42),
      bar(slat - 6, 6, shaded(tone, 0.6), 0.45),
      knots.join(''),
    );
  }
  const threads = [90, 118, 500, 528, 906, 934].map((x) => {
    const path = `M${x} ${SHEET.y}v${SHEET.height}`;
    return `<path d="${path}" stroke="${brush.palette.shadow}" stroke-opacity=".4" stroke-width="7" transform="translate(2 0)"/><path d="${path}" stroke="${brush.palette.pattern}" stroke-width="5" stroke-dasharray="16 7"/>`;
  });
  return turned(slats.join('') + threads.join(''), random.pick([0, 90]) + random.between(-7, 7));
};
