import { MmdbGeoLocator } from '../../../adapters/geo-locator/mmdb.ts';
import type { Config } from '../../../app/config/config.ts';
import { openLocator } from '../../../app/container/open-adapters.ts';
import { publicAddress } from '../../../app/http/client-address.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { DAY_MS } from '../../../domain/kernel/day.ts';
import { fetchText, outcomeOf } from '../../fetch-text.ts';
import { UNWATCHED } from '../../unwatched.ts';
import type { Check } from '../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../finding.ts';

/** This address has belonged to a university in France for thirty years. */
const KNOWN_ADDRESS = publicAddress('129.175.15.11');
const OLD_DAYS = 365;

/** Checks that geolocation finds the country of a known address. */
export function countries({ locator }: Config): Check {
  return {
    name: 'countries',
    async run({ clock }) {
      switch (locator.kind) {
        case 'country-is':
          return [await countryIs(locator, clock)];
        case 'mmdb':
          return [await database(locator, clock)];
        case 'header':
          return [
            skipped(
              `The country comes from the header ${locator.header}, which only requests of readers contain.`,
              'Make sure that all requests pass the proxy that sets this header.',
            ),
          ];
        case 'fixed':
          return [ok(`All readers are assumed to be in ${locator.country.name}.`)];
        case 'none':
          return [ok('Geolocation is off: all readers see dishes from anywhere.')];
      }
    },
  };
}

async function countryIs(
  config: Extract<Config['locator'], { kind: 'country-is' }>,
  clock: Clock,
): Promise<Verdict> {
  const locator = await openLocator(config, { clock, notice: () => {}, watch: UNWATCHED });
  const { country, reliable } = await locator.locate({
    address: KNOWN_ADDRESS,
    header: () => undefined,
  });
  if (country) return ok(`${config.baseUrl} found ${country.name} for a known address.`);
  if (reliable) {
    return warning(
      `${config.baseUrl} found no country for a known address.`,
      'Check that COUNTRY_IS_URL is a country.is server with a database, or unset it.',
    );
  }
  // The adapter hides the cause, so repeat its request.
  const signal = AbortSignal.timeout(config.timeoutMs);
  const outcome = outcomeOf(await fetchText(`${config.baseUrl}/${KNOWN_ADDRESS}`, { signal }));
  return failure(
    `${config.baseUrl} ${outcome} (GEO_TIMEOUT_MS is ${config.timeoutMs}). Until it responds, readers see dishes from anywhere.`,
    'Fix COUNTRY_IS_URL, raise GEO_TIMEOUT_MS, or set GEO_LOCATOR=mmdb, which uses a local database.',
  );
}

async function database(
  config: Extract<Config['locator'], { kind: 'mmdb' }>,
  clock: Clock,
): Promise<Verdict> {
  const name = config.file ?? 'the bundled database';
  try {
    const locator = await openLocator(config, { clock, notice: () => {}, watch: UNWATCHED });
    const { country } = await locator.locate({ address: KNOWN_ADDRESS, header: () => undefined });
    if (!country) {
      return failure(
        `${name} has no country for a known address, so readers see dishes from anywhere.`,
        'Set GEO_DATABASE to a country database, such as IPinfo’s country.mmdb or GeoLite2-Country.mmdb. ASN and city databases may contain no countries. Unset it to use the bundled one.',
      );
    }
    const days =
      locator instanceof MmdbGeoLocator
        ? Math.floor((clock.now() - locator.builtAt) / DAY_MS)
        : Number.NaN;
    if (days > OLD_DAYS) {
      return warning(
        `Countries come from ${name}, which is ${days} days old. Some addresses have moved since.`,
        'Set GEO_DATABASE to a newer .mmdb file, or update the package @ip-location-db/geo-whois-asn-country-mmdb.',
      );
    }
    return ok(
      `Countries come from ${name}, which is ${days} days old. It found ${country.name} for a known address.`,
    );
  } catch (error) {
    return failure(
      `${name} cannot be opened: ${error instanceof Error ? error.message : error}.`,
      'Set GEO_DATABASE to an .mmdb file with countries, or unset it to use the bundled one.',
    );
  }
}
