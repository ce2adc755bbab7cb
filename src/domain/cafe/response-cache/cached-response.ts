import type { PageImage, Picture } from '../../images/image-labels.ts';
import type { Renditions } from '../../images/renditions.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
import { unpackRenditions } from './packed-renditions.ts';

/** Everything in a response except the key and what differs per image. Many pages share one form. */
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
