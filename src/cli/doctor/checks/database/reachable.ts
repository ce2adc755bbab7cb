import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';

/** Fixes by the code of PostgreSQL, Node or OpenSSL. */
const REMEDIES: readonly [RegExp, string][] = [
  [
    /^28P01$/,
    'Copy user and password into DATABASE_URL again. Percent-encode special characters of the password.',
  ],
  [
    /^28/,
    'Allow this user and this address on the server (pg_hba.conf, or the list of allowed addresses). If the server requires TLS, add sslmode=verify-full to DATABASE_URL.',
  ],
  [/^3D000$/, 'Create the database, or correct its name in DATABASE_URL.'],
  [
    /^53300$/,
    'Lower DATABASE_MAX_CONNECTIONS, run fewer replicas, or raise max_connections on the server.',
  ],
  [/^57P03$/, 'Wait until the server has started.'],
  [
    /CERT|SIGNATURE|^ERR_TLS/,
    'Add sslmode=verify-full and sslrootcert=/path/to/ca.pem to DATABASE_URL, with the CA file of the provider, and use the host name that the certificate has.',
  ],
  [
    /^(ENOENT|EACCES)$/,
    'Correct the path in DATABASE_URL: sslrootcert, sslcert, sslkey or a socket. In a container, mount the file, readable for the user of the service.',
  ],
  [
    /^(ENOTFOUND|EAI_)/,
    'Correct the host in DATABASE_URL. Internal host names of a provider work only inside its network.',
  ],
];

const ANY_REMEDY =
  'Start the server, correct host and port in DATABASE_URL, and allow connections from this machine.';
const NO_TLS = /not support SSL/;

/** Checks that DATABASE_URL leads to a server that accepts the user. */
export function reachable(probe: ServerProbe): Check {
  return {
    name: 'database',
    async run() {
      try {
        await probe.connect();
      } catch (error) {
        return [failure(`The database cannot be reached: ${reasonOf(error)}.`, remedyFor(error))];
      }
      return [ok(`The server ${probe.host} accepts the user of DATABASE_URL.`)];
    },
  };
}

/** With several addresses of a host, one error has those of all of them. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function remedyFor(error: unknown): string {
  const { code = '' } = error as { code?: string };
  if (NO_TLS.test(reasonOf(error))) {
    return 'Turn TLS on at the server. In a private network, remove sslmode from DATABASE_URL instead.';
  }
  return REMEDIES.find(([form]) => form.test(code))?.[1] ?? ANY_REMEDY;
}
