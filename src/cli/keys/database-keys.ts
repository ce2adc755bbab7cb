import { PostgresAccountStore } from '../../adapters/account-store/postgres.ts';
import { SystemClock } from '../../adapters/clock/system.ts';
import { type PresentedKey, type PresentedNewKey, presentKey } from '../../app/http/v1/api-key.ts';
import type { AccountId } from '../../domain/accounts/account.ts';
import {
  type KeyPage,
  type KeyRequest,
  MAX_KEYS,
  ManageKeys,
} from '../../domain/accounts/manage-keys.ts';
import type { ConfiguredDatabase } from '../database/open-configured.ts';
import { CommandError } from '../terminal.ts';
import type { KeyDesk } from './key-desk.ts';

const AT_ONCE = 500;

/** The keys of a database that this process has open. */
export class DatabaseKeys implements KeyDesk {
  readonly #keys: ManageKeys;
  readonly #close: () => Promise<void>;

  private constructor({ database, close }: ConfiguredDatabase) {
    const accounts = new PostgresAccountStore(database);
    this.#keys = new ManageKeys({ accounts, clock: new SystemClock() });
    this.#close = close;
  }

  /** @throws CommandError if tables are missing on a server. Those of an embedded one are made. */
  static async open(opened: ConfiguredDatabase): Promise<DatabaseKeys> {
    try {
      if (opened.config.kind === 'embedded') await opened.database.migrate();
      else await requireTables(opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return new DatabaseKeys(opened);
  }

  async create(request: KeyRequest): Promise<PresentedNewKey> {
    const creation = await this.#keys.create(request);
    if (!('refused' in creation)) return { ...presentKey(creation.key), key: creation.text };
    switch (creation.refused) {
      case 'already_expired':
        throw new CommandError('--expires must be in the future.');
      case 'too_many_keys':
        throw new CommandError(`An account has at most ${MAX_KEYS} keys. Revoke one first.`);
      case 'no_account':
        throw new CommandError('The account was deleted meanwhile. Run the command again.');
    }
  }

  async list(account: string | undefined): Promise<PresentedKey[]> {
    const keys: PresentedKey[] = [];
    let after: KeyPage['next'];
    do {
      const query = { account: account as AccountId | undefined, limit: AT_ONCE, after };
      const page = await this.#keys.list(query);
      keys.push(...page.keys.map(presentKey));
      after = page.next;
    } while (after);
    return keys;
  }

  async revoke(id: string): Promise<PresentedKey> {
    const key = await this.#keys.revoke(id);
    if (!key) throw new CommandError('There is no key with this ID.');
    return presentKey(key);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** A newer command must not change the tables of an older service that is running. */
async function requireTables({ database }: ConfiguredDatabase): Promise<void> {
  const migrations = await database.migrations();
  if (migrations.every(({ ranAt }) => ranAt !== undefined)) return;
  throw new CommandError(
    'The database lacks tables of this version. Start the service once, or run "db migrate".',
  );
}
