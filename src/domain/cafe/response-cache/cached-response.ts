import type { PageImage, Picture } from '../../images/image-labels.ts';
import type { Renditions } from '../../images/renditions.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
import { unpackRenditions } from './packed-renditions.ts';

/**
 * What the responses of many pages share: everything but the page's key and the rest of the URL.
 */
export interface AnswerForm extends Omit<PageImage, 'url' | 'picture'> {
  picture: Omit<Picture, 'renditions'>;
  /** Of the renditions, if there are any. */
  renditions: (Pick<Renditions, 'widths'> & Pick<PoolImage, 'country'>) | undefined;
  /** The URL up to the key; absent if the URL contains the key in another form, or not at all. */
  base: string | undefined;
  /** Whether the URL ends with the key, as nearly all do. */
  endsWithKey: boolean;
}

/** A page's last response, as cached. There may be a million of these. */
export interface CachedResponse {
  readonly form: AnswerForm;
  /** The packed renditions, which differ per image, and the URL after the base and the key. */
  readonly rest: string;
  /** Whole milliseconds. Small integers need no memory of their own in a process's first weeks. */
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
