import { type Selectable, sql } from 'kysely';
import type { Account, AccountId, Scope } from '../../domain/accounts/account.ts';
import type {
  AccountQuery,
  AccountStore,
  AccountSummary,
  KeyQuery,
} from '../../domain/accounts/account-store.ts';
import type { ApiKey, StoredKey } from '../../domain/accounts/api-key.ts';
import type { Database } from '../postgres/database.ts';
import type { ApiKeyRow } from '../postgres/tables.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Accounts and keys in PostgreSQL, for any number of processes. */
export class PostgresAccountStore implements AccountStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(id: AccountId): Promise<Account | undefined> {
    const row = await this.#database.run((queries) =>
      queries.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row && { id, createdAt: row.created_at.getTime() };
  }

  async ensure(id: AccountId, createdAt: number): Promise<Account> {
    const row = await this.#database.run((queries) =>
      queries
        .insertInto('accounts')
        .values({ id, created_at: new Date(createdAt) })
        // This update changes nothing, but PostgreSQL returns a row only if it writes one.
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ id }))
        .returning('created_at')
        .executeTakeFirstOrThrow(),
    );
    return { id, createdAt: row.created_at.getTime() };
  }

  async list({ limit, after, id, at }: AccountQuery): Promise<AccountSummary[]> {
    const moment = new Date(at);
    const rows = await this.#database.run((queries) =>
      queries
        .selectFrom((from) =>
          from
            .selectFrom('accounts')
            .selectAll()
            .$if(after !== undefined, (query) => query.where('id', '>', after ?? ''))
            .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
            .orderBy('id')
            .limit(limit)
            .as('account'),
        )
        .leftJoin('api_keys as key', 'key.account', 'account.id')
        .select([
          'account.id',
          'account.created_at',
          sql<number>`(count(key.id) filter (
            where key.revoked_at is null
              and (key.expires_at is null or key.expires_at > ${moment}::timestamptz)
          ))::int`.as('usable_keys'),
          sql<Date | null>`max(key.last_used_at)`.as('last_used_at'),
        ])
        .groupBy(['account.id', 'account.created_at'])
        .orderBy('account.id')
        .execute(),
    );
    return rows.map((row) => ({
      id: row.id as AccountId,
      createdAt: row.created_at.getTime(),
      usableKeys: row.usable_keys,
      lastUsedAt: row.last_used_at?.getTime(),
    }));
  }

  /**
   * Locks the account's row, so that concurrent calls run one after another and each counts the
   * keys of the earlier ones.
   */
  addKey(key: StoredKey, maxUsable: number): Promise<'added' | 'full' | 'no_account'> {
    return this.#database.transaction(async (transaction) => {
      const account = await transaction
        .selectFrom('accounts')
        .select('id')
        .where('id', '=', key.account)
        .forUpdate()
        .executeTakeFirst();
      if (!account) return 'no_account';
      const at = new Date(key.createdAt);
      const { usable } = await transaction
        .selectFrom('api_keys')
        .select(({ fn }) => fn.countAll<number>().as('usable'))
        .where('account', '=', key.account)
        .where('revoked_at', 'is', null)
        .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
        .executeTakeFirstOrThrow();
      if (usable >= maxUsable) return 'full';
      await transaction.insertInto('api_keys').values(rowOf(key)).execute();
      return 'added';
    });
  }

  async key(id: string): Promise<ApiKey | undefined> {
    if (!UUID.test(id)) return undefined;
    const row = await this.#database.run((queries) =>
      queries.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row && keyOf(row);
  }

  async keyByDigest(digest: string): Promise<StoredKey | undefined> {
    const row = await this.#database.run((queries) =>
      queries.selectFrom('api_keys').selectAll().where('digest', '=', digest).executeTakeFirst(),
    );
    return row && { ...keyOf(row), digest: row.digest };
  }

  async keys({ account, limit, after }: KeyQuery): Promise<ApiKey[]> {
    const rows = await this.#database.run((queries) => {
      let query = queries.selectFrom('api_keys').selectAll();
      if (account !== undefined) query = query.where('account', '=', account);
      if (after !== undefined) {
        const position = sql<boolean>`(created_at, id) < (${new Date(after.createdAt)}::timestamptz, ${after.id}::uuid)`;
        query = query.where(position);
      }
      return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    });
    return rows.map(keyOf);
  }

  async revokeKey(
    id: string,
    at: number,
    owner: AccountId | undefined,
  ): Promise<ApiKey | undefined> {
    if (!UUID.test(id)) return undefined;
    const row = await this.#database.run((queries) => {
      let query = queries
        .updateTable('api_keys')
        .set({ revoked_at: sql<Date>`coalesce(revoked_at, ${new Date(at)}::timestamptz)` })
        .where('id', '=', id);
      if (owner !== undefined) query = query.where('account', '=', owner);
      return query.returningAll().executeTakeFirst();
    });
    return row && keyOf(row);
  }

  async noteUse(id: string, at: number): Promise<void> {
    if (!UUID.test(id)) return;
    const minute = new Date(at);
    await this.#database.run((queries) =>
      queries
        .updateTable('api_keys')
        .set({ last_used_at: minute })
        .where('id', '=', id)
        .where(({ eb, or }) =>
          or([eb('last_used_at', 'is', null), eb('last_used_at', '<', minute)]),
        )
        .execute(),
    );
  }
}

function rowOf(key: StoredKey): ApiKeyRow {
  return {
    id: key.id,
    account: key.account,
    name: key.name,
    digest: key.digest,
    prefix: key.prefix,
    last_four: key.lastFour,
    scopes: [...key.scopes],
    created_at: new Date(key.createdAt),
    expires_at: dateOf(key.expiresAt),
    revoked_at: dateOf(key.revokedAt),
    last_used_at: dateOf(key.lastUsedAt),
  };
}

function keyOf(row: Selectable<ApiKeyRow>): ApiKey {
  return {
    id: row.id,
    account: row.account as AccountId,
    name: row.name,
    scopes: row.scopes as Scope[],
    prefix: row.prefix,
    lastFour: row.last_four,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime(),
    revokedAt: row.revoked_at?.getTime(),
    lastUsedAt: row.last_used_at?.getTime(),
  };
}

function dateOf(time: number | undefined): Date | null {
  return time === undefined ? null : new Date(time);
}
