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

/** Of a university in France, and so for thirty years. */
const KNOWN_ADDRESS = publicAddress('129.175.15.11');
const OLD_DAYS = 365;

/** Whether a reader's country can be found out. */
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
              `Countries come from the header ${locator.header}, which only readers' requests have.`,
              'Make sure that nobody reaches the service beside the edge that sets it.',
            ),
          ];
        case 'fixed':
          return [ok(`All readers count as being in ${locator.country.name}.`)];
        case 'none':
          return [ok('No reader’s country is asked for: all see dishes from anywhere.')];
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
  if (country)
    return ok(`${config.baseUrl} finds countries: ${country.name} for an address there.`);
  if (reliable) {
    return warning(
      `${config.baseUrl} does not know the country of an address that others know.`,
      'Look whether COUNTRY_IS_URL is a server of that kind with a database, or leave it out.',
    );
  }
  // The locator does not say why.
  const signal = AbortSignal.timeout(config.timeoutMs);
  const outcome = outcomeOf(await fetchText(`${config.baseUrl}/${KNOWN_ADDRESS}`, { signal }));
  return failure(
    `${config.baseUrl} ${outcome} (GEO_TIMEOUT_MS is ${config.timeoutMs}): readers see dishes from anywhere.`,
    'Fix COUNTRY_IS_URL, raise GEO_TIMEOUT_MS, or set GEO_LOCATOR=mmdb, which calls no service.',
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
        `${name} has no country for an address that others know: readers see dishes from anywhere.`,
        'Name a database of countries in GEO_DATABASE, such as IPinfo’s country.mmdb or GeoLite2-Country.mmdb; one of networks or cities may have none. Or leave it out for the bundled one.',
      );
    }
    const days =
      locator instanceof MmdbGeoLocator
        ? Math.floor((clock.now() - locator.builtAt) / DAY_MS)
        : Number.NaN;
    if (days > OLD_DAYS) {
      return warning(
        `Countries come from ${name}, which is ${days} days old: addresses have moved since.`,
        'Name a newer .mmdb file in GEO_DATABASE, or update the package @ip-location-db/geo-whois-asn-country-mmdb.',
      );
    }
    return ok(
      `Countries come from ${name}, which is ${days} days old: ${country.name} for an address there.`,
    );
  } catch (error) {
    return failure(
      `${name} does not open: ${error instanceof Error ? error.message : error}.`,
      'Name an .mmdb file with countries in GEO_DATABASE, or leave it out for the bundled one.',
    );
  }
}
