import type { PageImage, Picture } from '../../images/image-labels.ts';
import type { Renditions } from '../../images/renditions.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
import { unpackRenditions } from './packed-renditions.ts';

/** What the answers of many pages have in common: all but the page's key and what follows it. */
export interface AnswerForm extends Omit<PageImage, 'url' | 'picture'> {
  picture: Omit<Picture, 'renditions'>;
  /** Of the renditions, where there are any. */
  renditions: (Pick<Renditions, 'widths'> & Pick<PoolImage, 'country'>) | undefined;
  /** The URL up to the key; absent where it says the key in another way, or not at all. */
  base: string | undefined;
  /** Whether the URL ends with the key, as nearly all do. */
  endsWithKey: boolean;
}

/** A page's last answer, as it is kept. There may be a million of these. */
export interface CachedResponse {
  readonly form: AnswerForm;
  /** Its renditions, which every picture has of its own, and the URL behind the base and the key. */
  readonly rest: string;
  /** Whole milliseconds, which take no memory of their own in the first weeks of a process. */
  since: number;
}

/** A known page's answer, put together only as far as it is asked for. */
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
