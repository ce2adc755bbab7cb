import { BoundedMap } from './bounded-map.ts';
import type { Country } from './country.ts';
import type { ImageKeys } from './image-key.ts';
import type { Page } from './page.ts';

/** Pages whose last key is remembered; the HTTP server has no more of them at hand. */
const REMEMBERED_KEYS = 5_000;

/** The keys of pages, of which the last is remembered for a page that is handed in as the same object. */
export class PageKeys {
  readonly #keys: ImageKeys;
  readonly #last = new BoundedMap<Page, { country: Country | undefined; key: string }>(
    REMEMBERED_KEYS,
  );

  constructor(keys: ImageKeys) {
    this.#keys = keys;
  }

  keyOf(page: Page, country: Country | undefined): string {
    const last = this.#last.get(page);
    if (last && last.country === country) return last.key;
    const key = this.#keys.page(page, country);
    this.#last.set(page, { country, key });
    return key;
  }
}
