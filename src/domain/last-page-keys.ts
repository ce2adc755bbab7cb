import { BoundedMap } from './bounded-map.ts';
import type { Country } from './country.ts';
import type { ImageKeys } from './image-key.ts';
import type { Page } from './page.ts';

/** Pages whose last key is remembered; the HTTP server has no more of them at hand. */
const REMEMBERED_KEYS = 5_000;

/** The keys of pages, which cost least for one that was handed in before, as the same object. */
export class LastPageKeys {
  readonly #keys: ImageKeys;
  readonly #last = new BoundedMap<Page, { country: Country | undefined; key: string }>(
    REMEMBERED_KEYS,
  );

  constructor(keys: ImageKeys) {
    this.#keys = keys;
  }

  of(page: Page, country: Country | undefined): string {
    const last = this.#last.get(page);
    if (last && last.country === country) return last.key;
    const key = this.#keys.page(page, country);
    this.#last.set(page, { country, key });
    return key;
  }
}
