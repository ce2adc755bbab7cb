import type { Country } from '../../domain/countries/country.ts';
import type { GeoLocator, Whereabouts } from '../../domain/countries/geo-locator.ts';

/** Returns the same country for every reader, or none. */
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
