/** `#rrggbb`. */
export type Colour = string;

const LIGHT = '#fff3d6';
const SHADE = '#32101a';

/** Mixes two colours: share 0 is `from`, share 1 is `to`. Squared values keep mixtures bright. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channels = [1, 3, 5].map((at) => {
    const start = Number.parseInt(from.slice(at, at + 2), 16);
    const end = Number.parseInt(to.slice(at, at + 2), 16);
    const mixed = Math.sqrt(start * start * (1 - share) + end * end * share);
    return Math.round(mixed).toString(16).padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

/** Lightens a colour towards warm daylight. */
export function lit(colour: Colour, share: number): Colour {
  return mix(colour, LIGHT, share);
}

/** Darkens a colour towards warm plum instead of black, so that shadows have a colour. */
export function shaded(colour: Colour, share: number): Colour {
  return mix(colour, SHADE, share);
}
