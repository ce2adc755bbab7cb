import { countryByCode } from '../../domain/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/ports/geo-locator.ts';

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

  locate(visitor: Visitor): Promise<Whereabouts> {
    const country = countryByCode(visitor.header(this.#header));
    return Promise.resolve({ country, reliable: true });
  }
}
