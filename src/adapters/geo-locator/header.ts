import { countryByCode } from '../../domain/countries/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/countries/geo-locator.ts';

/**
 * Reads the country code from a request header that a CDN sets, such as Cloudflare's `CF-IPCountry`. Only
 * use it if all requests pass the CDN: otherwise clients can send any value.
 */
export class HeaderGeoLocator implements GeoLocator {
  readonly #header: string;

  /** @param header the header's name, in upper or lower case */
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
