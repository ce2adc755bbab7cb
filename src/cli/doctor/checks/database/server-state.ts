import type { ServerProbe } from '../../../../adapters/postgres/probe.ts';
import type { Check } from '../../check.ts';
import { failure, ok, warning } from '../../finding.ts';

/** In the number format of PostgreSQL's versions. */
const OLDEST = 150_000;

export function version(probe: ServerProbe): Check {
  return {
    name: 'database-version',
    needs: 'database',
    async run() {
      const { number, text, encoding } = await probe.version();
      if (number >= OLDEST && encoding !== 'UTF8') {
        return [
          failure(
            `The database has the encoding ${encoding}, which lacks characters.`,
            'Create another database with the encoding UTF8, and move to it with db backup and db restore.',
          ),
        ];
      }
      if (number >= OLDEST) return [ok(`The server is PostgreSQL ${text}.`)];
      return [
        failure(
          `The server is PostgreSQL ${text}, but the service needs 15 or newer.`,
          'Upgrade the server, or move to a newer one with db backup and db restore.',
        ),
      ];
    },
  };
}

/**
 * Checks that the server is not a standby, is not read-only, and confirms writes only once they are
 * on its disk.
 */
export function writable(probe: ServerProbe): Check {
  return {
    name: 'database-writable',
    needs: 'database',
    async run() {
      const { isStandby, isReadOnly, isLazy } = await probe.writing();
      if (isStandby) {
        return [
          failure(
            'The server is a standby, so nothing can be written.',
            'Set DATABASE_URL to the primary. With several hosts, use the address that follows the primary.',
          ),
        ];
      }
      if (isReadOnly) {
        return [
          failure(
            'Transactions are read-only, so nothing can be written.',
            'Turn default_transaction_read_only off for the database and the user. Some providers turn it on when the disk is full.',
          ),
        ];
      }
      if (isLazy) {
        return [
          warning(
            'The server confirms writes before they are on its disk, so a crash can lose them: the claim of a page, which is then bought twice, or the revocation of a key.',
            'Turn synchronous_commit on for the server, the database and the user.',
          ),
        ];
      }
      return [ok('The database can be written to.')];
    },
  };
}
