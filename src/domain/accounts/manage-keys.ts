import { randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { AccountId, Scope } from './account.ts';
import type { AccountStore, KeyPosition, KeyQuery } from './account-store.ts';
import { type ApiKey, apiKeyDigest, newApiKeyText, visiblePartsOf } from './api-key.ts';

export interface KeyRequest {
  account: AccountId;
  name: string;
  scopes: readonly Scope[];
  /** Milliseconds since the Unix epoch. */
  expiresAt?: number | undefined;
  /** A new UUID. Absent if the caller does not need it in advance. */
  id?: string | undefined;
}

export type KeyCreation =
  /** `text` is the key itself. It is not stored, so it must be shown now. */
  { key: ApiKey; text: string } | { refused: KeyRefusal };

export type KeyRefusal = 'already_expired' | 'too_many_keys' | 'no_account';

export interface KeyPage {
  keys: ApiKey[];
  /** Where the next page begins. Absent at the end. */
  next: KeyPosition | undefined;
}

/** Usable keys of one account. */
export const MAX_KEYS = 100;
const NAME = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,100}$/u;

/**
 * A key's name without blanks around it; `undefined` if it is empty, too long, or has control
 * characters or half of a surrogate pair.
 */
export function parseKeyName(text: string): string | undefined {
  const name = text.trim();
  return NAME.test(name) ? name : undefined;
}

/** Creates, lists and revokes API keys. */
export class ManageKeys {
  readonly #accounts: AccountStore;
  readonly #clock: Clock;

  constructor({ accounts, clock }: { accounts: AccountStore; clock: Clock }) {
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /**
   * Creates a key, and its account if there is none.
   *
   * @throws CafeError `database_unavailable`
   */
  async create(request: KeyRequest): Promise<KeyCreation> {
    return this.#add(newApiKeyText(), request);
  }

  /**
   * Adds a key that was created elsewhere. Does nothing if it is known, even if it was revoked.
   *
   * @param text a well-formed key
   * @returns why it was not added; `undefined` if it was, or is known
   * @throws CafeError `database_unavailable`
   */
  async keep(text: string, request: KeyRequest): Promise<KeyRefusal | undefined> {
    if (await this.#accounts.keyByDigest(digestOf(text))) return undefined;
    const creation = await this.#add(text, request);
    return 'refused' in creation ? creation.refused : undefined;
  }

  async #add(text: string, request: KeyRequest): Promise<KeyCreation> {
    const { id = randomUUID(), account, name, scopes, expiresAt } = request;
    const now = this.#clock.now();
    if (expiresAt !== undefined && expiresAt <= now) return { refused: 'already_expired' };
    const key: ApiKey = {
      id,
      account,
      name,
      scopes: [...new Set(scopes)],
      ...visiblePartsOf(text),
      createdAt: now,
      expiresAt,
    };
    await this.#accounts.ensure(account, now);
    const outcome = await this.#accounts.addKey({ ...key, digest: digestOf(text) }, MAX_KEYS);
    if (outcome === 'added') return { key, text };
    // `no_account`: the account was deleted since `ensure`.
    return { refused: outcome === 'full' ? 'too_many_keys' : 'no_account' };
  }

  /**
   * Keys, newest first.
   *
   * @throws CafeError `database_unavailable`
   */
  async list(query: KeyQuery): Promise<KeyPage> {
    const found = await this.#accounts.keys({ ...query, limit: query.limit + 1 });
    const keys = found.slice(0, query.limit);
    return { keys, next: found.length > keys.length ? keys.at(-1) : undefined };
  }

  /**
   * The key of this id, for the owner.
   *
   * @throws CafeError `database_unavailable`
   */
  find(id: string): Promise<ApiKey | undefined> {
    return this.#accounts.key(id);
  }

  /**
   * Revokes a key for good. `undefined` if the account has no such key: another account's key is not
   * found either.
   *
   * @param account absent for the owner, who may revoke any key
   * @throws CafeError `database_unavailable`
   */
  revoke(id: string, account?: AccountId): Promise<ApiKey | undefined> {
    return this.#accounts.revokeKey(id, this.#clock.now(), account);
  }
}

function digestOf(text: string): string {
  const digest = apiKeyDigest(text);
  if (digest === undefined) throw new Error('A new API key is not well-formed.');
  return digest;
}
