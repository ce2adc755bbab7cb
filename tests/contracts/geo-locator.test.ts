import { fileURLToPath } from 'node:url';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { CountryIsGeoLocator } from '../../src/adapters/geo-locator/country-is.ts';
import { FixedGeoLocator } from '../../src/adapters/geo-locator/fixed.ts';
import { HeaderGeoLocator } from '../../src/adapters/geo-locator/header.ts';
import { MmdbGeoLocator } from '../../src/adapters/geo-locator/mmdb.ts';
import { countryByCode } from '../../src/domain/countries/country.ts';
import { geoLocatorContract, visitor } from './geo-locator.contract.ts';

/** Lets every call through, and tells nobody. */
const unwatched = {
  breaker: { pausedMs: () => undefined, run: <T>(call: () => Promise<T>) => call() },
  watch: { succeeded: () => {}, failed: () => {} },
};
const network = setupServer(
  http.get('https://api.country.is/:address', ({ params }) =>
    params.address === '81.2.69.142'
      ? HttpResponse.json({ ip: params.address, country: 'GB' })
      : HttpResponse.json({ error: { code: 404, message: 'Not Found' } }, { status: 404 }),
  ),
);
beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
afterAll(() => network.close());

geoLocatorContract('country.is', async () => ({
  locator: new CountryIsGeoLocator({
    baseUrl: 'https://api.country.is',
    timeoutMs: 1000,
    clock: new ManualClock(0),
    notice: () => {},
    ...unwatched,
  }),
  known: { visitor: visitor('81.2.69.142'), code: 'GB' },
  other: visitor('9.9.9.9'),
}));

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

geoLocatorContract('the bundled database', async () => ({
  locator: await MmdbGeoLocator.open(fileURLToPath(import.meta.resolve(DATABASE))),
  known: { visitor: visitor('2a00:1450:4007:80e::200e'), code: 'IE' },
  other: visitor('127.0.0.1'),
}));

geoLocatorContract('an edge header', async () => ({
  locator: new HeaderGeoLocator('CF-IPCountry'),
  known: { visitor: visitor(undefined, { 'cf-ipcountry': 'JP' }), code: 'JP' },
  other: visitor('81.2.69.142', { 'cf-ipcountry': 'T1' }),
}));

geoLocatorContract(
  'one fixed country',
  async () => ({
    locator: new FixedGeoLocator(countryByCode('FR')),
    known: { visitor: visitor('9.9.9.9'), code: 'FR' },
    other: visitor('81.2.69.142'),
  }),
  'FR',
);
