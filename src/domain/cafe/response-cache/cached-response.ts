import type { PageImage, Picture, Renditions } from '../../images/image-labels.ts';
import type { Day } from '../../kernel/day.ts';
import type { PoolImage } from '../../storage/image-keys.ts';

/**
 * The parts of a response that many pages share: all except the key and the values of one image.
 */
export interface AnswerForm extends Omit<PageImage, 'url' | 'picture'> {
  picture: Omit<Picture, 'renditions'>;
  /** The shared part of the renditions; absent if there are none. */
  renditions: (Pick<Renditions, 'widths'> & Pick<PoolImage, 'country'>) | undefined;
  /** The URL before the key; absent if the URL lacks the key in plain form. */
  base: string | undefined;
  /** Whether the URL ends with the key, as nearly all do. */
  endsWithKey: boolean;
}

/** A page's last response, as cached. There may be a million of these. */
export interface CachedResponse {
  readonly form: AnswerForm;
  /** The packed renditions, then the end of the URL. */
  readonly rest: string;
  /** Whole milliseconds, monotonic. V8 stores small integers without an allocation. */
  since: number;
}

/** A cached response, decoded only as far as it is read. */
export class RecalledImage {
  readonly known: Readonly<CachedResponse>;
  readonly #key: string;

  constructor(key: string, known: Readonly<CachedResponse>) {
    this.#key = key;
    this.known = known;
  }

  get url(): string {
    const { base, endsWithKey } = this.known.form;
    if (endsWithKey) return base + this.#key;
    const { rest } = this.#unpacked();
    return base === undefined ? rest : base + this.#key + rest;
  }

  whole(): PageImage {
    const { source, picture, placed } = this.known.form;
    const { renditions } = this.#unpacked();
    return { url: this.url, source, picture: { ...picture, renditions }, placed };
  }

  #unpacked(): { renditions: Renditions | undefined; rest: string } {
    const { form, rest } = this.known;
    return form.renditions
      ? unpackRenditions(rest, form.renditions)
      : { renditions: undefined, rest };
  }
}

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
