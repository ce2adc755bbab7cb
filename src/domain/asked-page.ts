import type { Country } from './country.ts';
import type { ImageKeys } from './image-key.ts';
import type { Page } from './page.ts';

/** A page that may be asked for again and again, mostly from the same country: it keeps its last key. */
export class AskedPage {
  readonly page: Page;
  #country: Country | undefined;
  #key: string | undefined;

  constructor(page: Page) {
    this.page = page;
  }

  keyIn(country: Country | undefined, keys: ImageKeys): string {
    if (this.#key !== undefined && this.#country === country) return this.#key;
    this.#country = country;
    this.#key = keys.page(this.page, country);
    return this.#key;
  }
}
