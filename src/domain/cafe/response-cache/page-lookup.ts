import type { Country } from '../../countries/country.ts';
import type { Page } from '../../pages/page.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { RecalledImage } from './cached-response.ts';
import type { ResponseCache } from './response-cache.ts';

/** A page that is requested repeatedly, mostly from the same country. Keeps its last response. */
export class PageLookup {
  readonly page: Page;
  #country: Country | undefined;
  #key: string | undefined;
  #recalled: RecalledImage | undefined;

  constructor(page: Page) {
    this.page = page;
  }

  /** What the page is known to show, if fresh; the same object while it is unchanged. */
  recallIn(
    country: Country | undefined,
    { keys, known }: { keys: ImageKeys; known: ResponseCache },
  ): RecalledImage | undefined {
    const key = this.keyIn(country, keys);
    if (!this.#recalled || !known.isFresh(this.#recalled)) this.#recalled = known.fresh(key);
    return this.#recalled;
  }

  /** The key of the page in a country. */
  keyIn(country: Country | undefined, keys: ImageKeys): string {
    if (this.#key === undefined || this.#country !== country) {
      this.#key = keys.page(this.page, country);
      this.#country = country;
      this.#recalled = undefined;
    }
    return this.#key;
  }
}
