import type { Country } from '../../domain/countries/country.ts';
import type { GeoLocator, Whereabouts } from '../../domain/countries/geo-locator.ts';

/** Places every reader in one country, or, given none, nowhere. */
export class FixedGeoLocator implements GeoLocator {
  readonly #whereabouts: Whereabouts;

  constructor(country: Country | undefined) {
    this.#whereabouts = { country, reliable: true };
  }

  recall(): Whereabouts {
    return this.#whereabouts;
  }

  locate(): Promise<Whereabouts> {
    return Promise.resolve(this.#whereabouts);
  }
}
