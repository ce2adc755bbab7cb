import type { PoolPicture } from './image-key.ts';
import { unpackRenditions } from './packed-renditions.ts';
import type { PageImage, Picture } from './page-image.ts';
import type { Renditions } from './renditions.ts';

/** What the answers of many pages have in common: all but the page's key and what follows it. */
export interface AnswerForm extends Omit<PageImage, 'url' | 'picture'> {
  picture: Omit<Picture, 'renditions'>;
  /** Of the renditions, where there are any. */
  renditions: (Pick<Renditions, 'widths'> & Pick<PoolPicture, 'country'>) | undefined;
  /** The URL up to the key; absent where it says the key in another way, or not at all. */
  base: string | undefined;
  /** Whether the URL ends with the key, as nearly all do. */
  endsWithKey: boolean;
}

/** A page's last answer, as it is kept. There may be a million of these. */
export interface KnownPage {
  readonly form: AnswerForm;
  /** Its renditions, which every picture has of its own, and the URL behind the base and the key. */
  readonly rest: string;
  /** Whole milliseconds, which take no memory of their own in the first weeks of a process. */
  since: number;
}

/** A known page's answer, put together only as far as it is asked for. */
export class RecalledImage {
  readonly known: Readonly<KnownPage>;
  readonly #key: string;

  constructor(key: string, known: Readonly<KnownPage>) {
    this.#key = key;
    this.known = known;
  }

  get url(): string {
    const { form, rest } = this.known;
    if (form.endsWithKey) return form.base + this.#key;
    return this.#urlWith(form.renditions ? unpackRenditions(rest, form.renditions).rest : rest);
  }

  whole(): PageImage {
    const { form, rest } = this.known;
    const { source, picture, placed } = form;
    const unpacked = form.renditions && unpackRenditions(rest, form.renditions);
    const url = this.#urlWith(unpacked ? unpacked.rest : rest);
    return { url, source, picture: { ...picture, renditions: unpacked?.renditions }, placed };
  }

  #urlWith(end: string): string {
    const { base } = this.known.form;
    return base === undefined ? end : base + this.#key + end;
  }
}
