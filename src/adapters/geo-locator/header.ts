import { countryByCode } from '../../domain/countries/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/countries/geo-locator.ts';

/**
 * Believes the country code that an edge in front of the service puts into a request header, such as
 * Cloudflare's `CF-IPCountry`. Only for services that cannot be reached past that edge: anyone else
 * could send the header too.
 */
export class HeaderGeoLocator implements GeoLocator {
  readonly #header: string;

  /** @param header its name, in any case */
  constructor(header: string) {
    this.#header = header.toLowerCase();
  }

  recall(visitor: Visitor): Whereabouts {
    return { country: countryByCode(visitor.header(this.#header)), reliable: true };
  }

  locate(visitor: Visitor): Promise<Whereabouts> {
    return Promise.resolve(this.recall(visitor));
  }
}
