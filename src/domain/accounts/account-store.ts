import type { Account, AccountId } from './account.ts';
import type { ApiKey, StoredKey } from './api-key.ts';

/** A position in a list of keys: the last key before it. */
export interface KeyPosition {
  createdAt: number;
  id: string;
}

export interface KeyQuery {
  /** Only keys of this account. Absent for the keys of all accounts, which only the owner may see. */
  account?: AccountId | undefined;
  /** The most keys to return, at least 1. */
  limit: number;
  /** Only keys after this position. */
  after?: KeyPosition | undefined;
}

export interface AccountQuery {
  /** The most accounts to return, at least 1. */
  limit: number;
  /** Only accounts after this id. */
  after?: AccountId | undefined;
  /** Only the account of this id. */
  id?: AccountId | undefined;
  /** The moment at which keys are counted as usable, in milliseconds since the Unix epoch. */
  at: number;
}

/** An account with a summary of its keys. */
export interface AccountSummary extends Account {
  /** Keys that are neither revoked nor expired. */
  readonly usableKeys: number;
  /** The last recorded use of any of its keys. Absent if none was used. */
  readonly lastUsedAt?: number | undefined;
}

/**
 * Accounts and their API keys.
 *
 * Ids are compared character by character: upper and lower case differ. Every method may be called
 * concurrently, by any number of processes. After a write has resolved, every later read sees it. A
 * store that cannot respond throws `CafeError('database_unavailable')` with the `cause`.
 */
export interface AccountStore {
  /** The account of this id; `undefined` if there is none. */
  find(id: AccountId): Promise<Account | undefined>;

  /**
   * The account of this id. If there is none, it is created with the given time. Any number of
   * concurrent calls make one account, and all of them return it.
   */
  ensure(id: AccountId, createdAt: number): Promise<Account>;

  /** Accounts in ascending byte order of their ids. One call, however many keys they have. */
  list(query: AccountQuery): Promise<AccountSummary[]>;

  /**
   * Adds a key. Changes nothing and resolves with `full` if the account already has `maxUsable`
   * keys that are neither revoked nor expired when the new key is created. Changes nothing and
   * resolves with `no_account` if the account does not exist. If there is room for k keys, exactly
   * k of any number of concurrent calls add theirs.
   */
  addKey(key: StoredKey, maxUsable: number): Promise<'added' | 'full' | 'no_account'>;

  /** The key with this id, also if it is revoked or expired; `undefined` if there is none. */
  key(id: string): Promise<ApiKey | undefined>;

  /** The key with this digest, also if it is revoked or expired; `undefined` if there is none. */
  keyByDigest(digest: string): Promise<StoredKey | undefined>;

  /**
   * Keys, also revoked and expired ones, without their digests. Newest first; keys of the same
   * millisecond in descending order of their ids. While a list is read in parts, keys may be added.
   * Even then, no part repeats or omits another key.
   */
  keys(query: KeyQuery): Promise<ApiKey[]>;

  /**
   * Revokes a key from now on and for good, and returns it. Revoking it again changes nothing and
   * returns it with the time of its first revocation. `undefined` if there is no such key, or if it
   * belongs to another account than the given one.
   *
   * @param id a lower-case UUID
   * @param owner `undefined` for a key of any account, which only the owner may revoke
   */
  revokeKey(id: string, at: number, owner: AccountId | undefined): Promise<ApiKey | undefined>;

  /**
   * Records that a key was used. Changes nothing if a later time is recorded already, or if the key
   * is unknown.
   *
   * @param at the minute's start, in milliseconds since the Unix epoch
   */
  noteUse(id: string, at: number): Promise<void>;
}
