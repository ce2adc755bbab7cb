import type { Account, AccountId } from '../../domain/accounts/account.ts';
import type {
  AccountQuery,
  AccountStore,
  AccountSummary,
  KeyPosition,
  KeyQuery,
} from '../../domain/accounts/account-store.ts';
import { type ApiKey, faultOf, type StoredKey } from '../../domain/accounts/api-key.ts';

/** Accounts and keys of this process. They are gone when it ends. */
export class MemoryAccountStore implements AccountStore {
  readonly #accounts = new Map<AccountId, Account>();
  readonly #keys = new Map<string, StoredKey>();
  readonly #idByDigest = new Map<string, string>();

  async find(id: AccountId): Promise<Account | undefined> {
    return this.#accounts.get(id);
  }

  async ensure(id: AccountId, createdAt: number): Promise<Account> {
    const account = this.#accounts.get(id) ?? { id, createdAt };
    this.#accounts.set(id, account);
    return account;
  }

  async list({ limit, after, id, at }: AccountQuery): Promise<AccountSummary[]> {
    return [...this.#accounts.values()]
      .filter((account) => id === undefined || account.id === id)
      .filter((account) => after === undefined || account.id > after)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map((account) => this.#summaryOf(account, at));
  }

  async addKey(key: StoredKey, maxUsable: number): Promise<'added' | 'full' | 'no_account'> {
    if (!this.#accounts.has(key.account)) return 'no_account';
    if (this.#usableKeys(key.account, key.createdAt) >= maxUsable) return 'full';
    this.#keys.set(key.id, key);
    this.#idByDigest.set(key.digest, key.id);
    return 'added';
  }

  async key(id: string): Promise<ApiKey | undefined> {
    const key = this.#keys.get(id);
    return key && withoutDigest(key);
  }

  async keyByDigest(digest: string): Promise<StoredKey | undefined> {
    return this.#keys.get(this.#idByDigest.get(digest) ?? '');
  }

  async keys({ account, limit, after }: KeyQuery): Promise<ApiKey[]> {
    return [...this.#keys.values()]
      .filter((key) => account === undefined || key.account === account)
      .toSorted(newestFirst)
      .filter((key) => after === undefined || newestFirst(after, key) < 0)
      .slice(0, limit)
      .map(withoutDigest);
  }

  async revokeKey(
    id: string,
    at: number,
    owner: AccountId | undefined,
  ): Promise<ApiKey | undefined> {
    const key = this.#keys.get(id);
    if (!key || (owner !== undefined && key.account !== owner)) return undefined;
    const revoked = { ...key, revokedAt: key.revokedAt ?? at };
    this.#keys.set(id, revoked);
    return withoutDigest(revoked);
  }

  async noteUse(id: string, at: number): Promise<void> {
    const key = this.#keys.get(id);
    if (key && at > (key.lastUsedAt ?? 0)) this.#keys.set(id, { ...key, lastUsedAt: at });
  }

  #summaryOf(account: Account, at: number): AccountSummary {
    const uses = this.#keysOf(account.id).flatMap(({ lastUsedAt = [] }) => lastUsedAt);
    return {
      ...account,
      usableKeys: this.#usableKeys(account.id, at),
      lastUsedAt: uses.length > 0 ? Math.max(...uses) : undefined,
    };
  }

  #usableKeys(account: AccountId, at: number): number {
    return this.#keysOf(account).filter((key) => faultOf(key, at) === undefined).length;
  }

  #keysOf(account: AccountId): StoredKey[] {
    return [...this.#keys.values()].filter((key) => key.account === account);
  }
}

function newestFirst(one: KeyPosition, other: KeyPosition): number {
  if (one.createdAt !== other.createdAt) return other.createdAt - one.createdAt;
  if (one.id === other.id) return 0;
  return one.id > other.id ? -1 : 1;
}

function withoutDigest({ digest: _, ...key }: StoredKey): ApiKey {
  return key;
}
