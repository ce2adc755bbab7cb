/** `#rrggbb`. */
export type Colour = string;

const LIGHT = '#fff3d6';
const SHADE = '#32101a';

/** From `from` (share 0) to `to` (share 1), by the squares, so that mixtures do not go muddy. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channels = [1, 3, 5].map((at) => {
    const start = Number.parseInt(from.slice(at, at + 2), 16);
    const end = Number.parseInt(to.slice(at, at + 2), 16);
    const mixed = Math.sqrt(start * start * (1 - share) + end * end * share);
    return Math.round(mixed).toString(16).padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

/** Towards warm daylight. */
export function lit(colour: Colour, share: number): Colour {
  return mix(colour, LIGHT, share);
}

/** Towards a warm plum, never towards black: painted shadows have a colour. */
export function shaded(colour: Colour, share: number): Colour {
  return mix(colour, SHADE, share);
}
