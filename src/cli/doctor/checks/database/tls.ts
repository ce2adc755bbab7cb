import { isIP } from 'node:net';
import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import { publicAddress } from '../../../../app/http/client-address.ts';
import type { Check } from '../../check.ts';
import { failure, ok, warning } from '../../finding.ts';

const VERIFY =
  'Add sslmode=verify-full to DATABASE_URL. If the provider has a CA of its own, also add sslrootcert=/path/to/ca.pem.';

/** Checks that a connection over the internet is encrypted, and that the certificate is checked. */
export function tls(probe: Pick<ServerProbe, 'host' | 'encryption'>): Check {
  return {
    name: 'database-tls',
    needs: 'database',
    async run() {
      const { host } = probe;
      const encryption = await probe.encryption();
      if (encryption === 'verified') {
        return [ok('The connection is encrypted, and the certificate of the server is checked.')];
      }
      if (isPrivate(host)) {
        return [ok(`The host ${host} is on this machine or in a private network.`)];
      }
      if (encryption === 'none') {
        return [failure(`The connection to ${host} is not encrypted.`, VERIFY)];
      }
      return [
        warning(
          `The connection to ${host} is encrypted, but its certificate is not checked, so another server could take its place.`,
          VERIFY,
        ),
      ];
    },
  };
}

/** A socket, an address that is not public, or a name that only a private network knows. */
function isPrivate(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (name.startsWith('/') || name.startsWith('%2f')) return true;
  if (isIP(name)) return publicAddress(name) === undefined;
  return !name.includes('.') || /\.(internal|local|localhost|svc|lan)$/.test(name);
}
