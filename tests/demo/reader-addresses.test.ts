import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { READER_ADDRESSES } from '../../demo/reader-addresses.ts';
import { MmdbGeoLocator } from '../../src/adapters/geo-locator/mmdb.ts';
import { publicAddress } from '../../src/app/http/client-address.ts';

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

const form = readFileSync(new URL('../../demo/index.html', import.meta.url), 'utf8');
const offered = [...form.matchAll(/name="reader" value="(\w+)" \/><span>([^<]+)</g)].map(
  ([, code = '', name = '']) => ({ code, name, address: READER_ADDRESSES[code] }),
);

describe('the welcome page’s readers', () => {
  it('have an address for every country that the form offers', () => {
    expect(offered.map(({ code }) => code).sort()).toEqual(Object.keys(READER_ADDRESSES).sort());
  });

  it.each(offered)('are in $name at $address', async ({ code, name, address }) => {
    const file = fileURLToPath(import.meta.resolve(DATABASE));
    const locator = await MmdbGeoLocator.open(file);
    const visitor = { address: publicAddress(address), header: () => undefined };
    expect((await locator.locate(visitor)).country).toMatchObject({ code, name });
  });
});
