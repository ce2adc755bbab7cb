import type { Renditions } from '../../images/renditions.ts';
import type { Day } from '../../kernel/day.ts';
import type { PoolImage } from '../../storage/image-keys.ts';

/** Of a picture's id and day, of which each takes two hexadecimal digits. */
const CHARACTERS = 20;
/** Stands in no base64. */
const END = ' ';

/**
 * What one picture's renditions have that no other's do, in fifty characters of a byte: as objects and
 * texts of their own they would take several times as much.
 */
export function packRenditions({ of: { id, day }, thumbhash }: Renditions): string {
  const digits = (id + day).replace(/[-/]/g, '');
  return Buffer.from(digits, 'hex').toString('latin1') + thumbhash + END;
}

/** Reads {@link packRenditions}, whatever else follows it. */
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
