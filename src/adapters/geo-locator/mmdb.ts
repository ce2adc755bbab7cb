import { open, type Reader, type Response } from 'maxmind';
import { countryByCode } from '../../domain/countries/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/countries/geo-locator.ts';

interface MaxMindCountry {
  iso_code?: string;
}

/** The row formats of several publishers. */
type CountryRow = Response & {
  country_code?: string;
  /** A code in IPinfo's `country.mmdb`, a name in its `lite` database, an object in MaxMind's. */
  country?: string | MaxMindCountry;
  /** Where the network is registered. Some rows of MaxMind have no other country. */
  registered_country?: MaxMindCountry;
};

/** Looks up addresses in a local database. No address leaves the machine. */
export class MmdbGeoLocator implements GeoLocator {
  readonly #reader: Reader<CountryRow>;

  private constructor(reader: Reader<CountryRow>) {
    this.#reader = reader;
  }

  /**
   * @param file an `.mmdb` file with `country_code`, IPinfo's `country`, or MaxMind's `country.iso_code`
   * @throws Error if the file is missing or has another format
   */
  static async open(file: string): Promise<MmdbGeoLocator> {
    return new MmdbGeoLocator(await open<CountryRow>(file));
  }

  /** The build time of the database, in milliseconds since the Unix epoch. */
  get builtAt(): number {
    return this.#reader.metadata.buildEpoch.getTime();
  }

  recall({ address }: Visitor): Whereabouts {
    const row = address === undefined ? null : this.#reader.get(address);
    return { country: countryByCode(row && codeIn(row)), reliable: true };
  }

  locate(visitor: Visitor): Promise<Whereabouts> {
    return Promise.resolve(this.recall(visitor));
  }
}

function codeIn({ country_code, country, registered_country }: CountryRow): string | undefined {
  const code = typeof country === 'object' ? country.iso_code : country;
  return country_code ?? code ?? registered_country?.iso_code;
}
