import { type CountryResponse, open, type Reader, type Response } from 'maxmind';
import { countryByCode } from '../../domain/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/ports/geo-locator.ts';

/** The two shapes that country databases are published in. */
type CountryRow = Response & { country_code?: string } & Pick<CountryResponse, 'country'>;

/** Looks addresses up in a database on this machine; none leaves it. */
export class MmdbGeoLocator implements GeoLocator {
  readonly #reader: Reader<CountryRow>;

  private constructor(reader: Reader<CountryRow>) {
    this.#reader = reader;
  }

  /**
   * @param file an `.mmdb` file with `country_code` or MaxMind's `country.iso_code`
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
    const country = countryByCode(row?.country_code ?? row?.country?.iso_code);
    return { country, reliable: true };
  }

  locate(visitor: Visitor): Promise<Whereabouts> {
    return Promise.resolve(this.recall(visitor));
  }
}
