import { open, type Reader, type Response } from 'maxmind';
import { countryByCode } from '../../domain/countries/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/countries/geo-locator.ts';

interface MaxMindCountry {
  iso_code?: string;
}

/** The shapes that country databases are published in. */
type CountryRow = Response & {
  country_code?: string;
  /** IPinfo's `country.mmdb` has the code itself, its `lite` the name. */
  country?: string | MaxMindCountry;
  /** Where the network is registered; the only country of some of MaxMind's rows. */
  registered_country?: MaxMindCountry;
};

/** Looks addresses up in a database on this machine; none leaves it. */
export class MmdbGeoLocator implements GeoLocator {
  readonly #reader: Reader<CountryRow>;

  private constructor(reader: Reader<CountryRow>) {
    this.#reader = reader;
  }

  /**
   * @param file an `.mmdb` file with `country_code`, IPinfo's `country`, or MaxMind's `country.iso_code`
   * @throws where the file is missing or no such database
   */
  static async open(file: string): Promise<MmdbGeoLocator> {
    return new MmdbGeoLocator(await open<CountryRow>(file));
  }

  /** When the database was made, in milliseconds since the Unix epoch. */
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
