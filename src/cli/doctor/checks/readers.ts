import { isIP } from 'node:net';
import { Reader } from '../../../app/http/admin/reader-route.ts';
import { publicAddress } from '../../../app/http/client-address.ts';
import { countryByCode } from '../../../domain/countries/country.ts';
import { fetchText, outcomeOf } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../finding.ts';

/** Whether the running service sees where this machine is: then it sees readers, too. */
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
            `It could not be checked: ${service}/api/admin/reader ${outcomeOf(answer)}.`,
            'Run the doctor with the ADMIN_TOKEN of the service, and let proxies pass /api/admin on.',
          ),
        ];
      }
      return [verdictOn(reader, service)];
    },
  };
}

type SeenReader = ReturnType<typeof Reader.parse>;

/** `undefined` for the text of anything else, such as a proxy's own page. */
function readerIn(text: string): SeenReader | undefined {
  try {
    return Reader.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function verdictOn(reader: SeenReader, service: string): Verdict {
  const country = countryByCode(reader.country);
  if (country) return ok(`The service sees that this machine is in ${country.name}.`);
  const { why, remedy } = reader;
  if (!reader.hasAddress && isNearby(service)) {
    return ok('Asked from its own network, the service sees no public address, as is right.');
  }
  const message = `The service finds no country for this machine. ${why}`;
  return reader.hasAddress
    ? warning(message, remedy ?? '')
    : failure(`${message} Readers are all anywhere if it is so for them.`, remedy ?? '');
}

/** Whether no proxy can be expected on the way: then there is no public address to be seen. */
function isNearby(service: string): boolean {
  const host = new URL(service).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || (isIP(host) !== 0 && publicAddress(host) === undefined);
}
