import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PLACES } from '../../examples/blog/development/places.ts';
import { MmdbGeoLocator } from '../../src/adapters/geo-locator/mmdb.ts';
import { publicAddress } from '../../src/app/http/client-address.ts';

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

describe('a place to visit from', () => {
  it.each(PLACES)('is in $name at $address', async ({ code, name, address }) => {
    const file = fileURLToPath(import.meta.resolve(DATABASE));
    const locator = await MmdbGeoLocator.open(file);
    const visitor = { address: publicAddress(address), header: () => undefined };
    expect((await locator.locate(visitor)).country).toMatchObject({ code, name });
  });
});
