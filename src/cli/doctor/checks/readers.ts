import { isIP } from 'node:net';
import { Reader } from '../../../app/http/admin/reader-route.ts';
import { publicAddress } from '../../../app/http/client-address.ts';
import { countryByCode } from '../../../domain/countries/country.ts';
import { fetchText, outcomeOf } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../finding.ts';

/**
 * Checks that the running service finds a country for this machine. Then it also finds countries for readers.
 */
export function readers(service: string, token: string): Check {
  return {
    name: 'readers',
    needs: 'service',
    async run({ signal }) {
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      const answer = await fetchText(`${service}/api/admin/reader`, { signal, headers });
      const reader = 'text' in answer && answer.status === 200 ? readerIn(answer.text) : undefined;
      if (!reader) {
        return [
          skipped(
            `This could not be checked: ${service}/api/admin/reader ${outcomeOf(answer)}.`,
            'Run the doctor with the ADMIN_TOKEN of the service, and make proxies forward /api/admin.',
          ),
        ];
      }
      return [verdictOn(reader, service)];
    },
  };
}

type SeenReader = ReturnType<typeof Reader.parse>;

/** `undefined` for other text, such as a proxy's error page. */
function readerIn(text: string): SeenReader | undefined {
  try {
    return Reader.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function verdictOn(reader: SeenReader, service: string): Verdict {
  const country = countryByCode(reader.country);
  if (country) return ok(`The service locates this machine in ${country.name}.`);
  const { why, remedy } = reader;
  if (!reader.hasAddress && isNearby(service)) {
    return ok(
      'The doctor and the service share a network, so there is no public address to locate.',
    );
  }
  const message = `The service finds no country for this machine. ${why}`;
  return reader.hasAddress
    ? warning(message, remedy ?? '')
    : failure(`${message} Readers probably have no country either.`, remedy ?? '');
}

/** Whether the service is in the same network, where requests have no public address. */
function isNearby(service: string): boolean {
  const host = new URL(service).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || (isIP(host) !== 0 && publicAddress(host) === undefined);
}
