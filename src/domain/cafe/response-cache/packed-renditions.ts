import type { Renditions } from '../../images/renditions.ts';
import type { Day } from '../../kernel/day.ts';
import type { PoolImage } from '../../storage/image-keys.ts';

/** The length of an image's packed id and day, at two hexadecimal digits per character. */
const CHARACTERS = 20;
/** Not a base64 character. */
const END = ' ';

/**
 * The part of the renditions that differs per image, in fifty one-byte characters. As objects and
 * separate strings it would take several times as much.
 */
export function packRenditions({ of: { id, day }, thumbhash }: Renditions): string {
  const digits = (id + day).replace(/[-/]/g, '');
  return Buffer.from(digits, 'hex').toString('latin1') + thumbhash + END;
}

/** Inverse of {@link packRenditions}; ignores any text after it. */
export function unpackRenditions(
  text: string,
  { widths, country }: Pick<Renditions, 'widths'> & Pick<PoolImage, 'country'>,
): { renditions: Renditions; rest: string } {
  const digits = Buffer.from(text.slice(0, CHARACTERS), 'latin1').toString('hex');
  const part = (start: number, length: number) => digits.slice(start, start + length);
  const id = `${part(0, 8)}-${part(8, 4)}-${part(12, 4)}-${part(16, 4)}-${part(20, 12)}`;
  const day: Day = `${part(32, 4)}/${part(36, 2)}/${part(38, 2)}`;
  const end = text.indexOf(END, CHARACTERS);
  const thumbhash = text.slice(CHARACTERS, end);
  return { renditions: { of: { id, day, country }, widths, thumbhash }, rest: text.slice(end + 1) };
}
