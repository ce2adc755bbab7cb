import { timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { BackgroundTasks } from '../kernel/concurrency.ts';
import type { Notice } from '../kernel/notice.ts';
import { type Principal, parseAccountId, SCOPES } from './account.ts';
import type { AccountStore } from './account-store.ts';
import { type ApiKey, apiKeyDigest, faultOf, looksLikeApiKey } from './api-key.ts';
import type { TokenFault, TokenVerifier } from './token-verifier.ts';

/** The credentials of a request. */
export interface Credentials {
  /** An API key or an access token. */
  bearer?: string | undefined;
  /** An API key sent in a header of its own. */
  apiKey?: string | undefined;
  /** One of them was sent more than once. */
  areRepeated?: boolean;
}

/** Why a request is refused, for the log. */
export type AuthenticationFault =
  | 'no_credentials'
  | 'several_credentials'
  | 'credentials_too_long'
  | 'malformed_key'
  | 'unknown_key'
  | 'revoked_key'
  | 'expired_key'
  | 'tokens_not_accepted'
  | 'unusable_subject'
  | TokenFault;

export type Authentication =
  | { principal: Principal }
  /** `isThrottled`: the address sent too many wrong credentials, and should be told to wait. */
  | { fault: AuthenticationFault; isThrottled: boolean };

/** Counts recent wrong credentials by address. */
export interface FailureCounter {
  of(address: string): number;
  add(address: string): void;
}

interface Deps {
  accounts: AccountStore;
  /** Absent if no issuer is configured: then only API keys are accepted. */
  tokens: TokenVerifier | undefined;
  failures: FailureCounter;
  notice: Notice;
  clock: Clock;
}

/**
 * Number of wrong credentials that one address may send in the counter's window before it is told
 * to wait.
 */
export const MAX_FAILURES = 20;
/** Characters. API keys and the tokens of known issuers are much shorter. */
const MAX_LENGTH = 8192;
const MINUTE_MS = 60_000;
/** Keys whose last recorded minute is remembered, so that each minute is written once. */
const REMEMBERED_KEYS = 10_000;

/**
 * Identifies the account that sends a request. Refuses requests without valid credentials.
 *
 * An API key has the scopes it was made with. An access token acts for the whole account of its `sub`
 * and has all scopes; its account is made when it is first used. Both are checked anew for every
 * request, so a revoked key is refused at once, by every replica.
 *
 * After too many wrong credentials from an address, further wrong ones are told to wait. Right ones are still
 * accepted, because other callers may share the address.
 */
export class Authenticate {
  readonly #deps: Deps;
  readonly #notes = new BackgroundTasks();
  readonly #noted = new BoundedMap<string, number>(REMEMBERED_KEYS);

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param address of the client, for counting failures
   * @throws CafeError `database_unavailable` or `issuer_unavailable`; this says nothing about the
   *   caller
   */
  async run(credentials: Credentials, address: string): Promise<Authentication> {
    const found = await this.#check(credentials);
    if (typeof found !== 'string') return { principal: found };
    if (found === 'no_credentials') return { fault: found, isThrottled: false };
    const { failures } = this.#deps;
    const isThrottled = failures.of(address) >= MAX_FAILURES;
    if (!isThrottled) failures.add(address);
    return { fault: found, isThrottled };
  }

  /** Resolves when every use of a key is recorded. */
  async close(): Promise<void> {
    await this.#notes.ended();
  }

  async #check(credentials: Credentials): Promise<Principal | AuthenticationFault> {
    const { bearer, apiKey, areRepeated } = credentials;
    if (areRepeated || (bearer !== undefined && apiKey !== undefined)) return 'several_credentials';
    const text = bearer ?? apiKey;
    if (text === undefined) return 'no_credentials';
    if (text.length > MAX_LENGTH) return 'credentials_too_long';
    if (apiKey !== undefined || looksLikeApiKey(text)) return this.#checkKey(text);
    return this.#checkToken(text);
  }

  async #checkKey(text: string): Promise<Principal | AuthenticationFault> {
    const digest = apiKeyDigest(text);
    if (digest === undefined) return 'malformed_key';
    const key = await this.#deps.accounts.keyByDigest(digest);
    // A database may find a key by a text that is only similar, for example in another case.
    if (!key || !isSame(key.digest, digest)) return 'unknown_key';
    const now = this.#deps.clock.now();
    const fault = faultOf(key, now);
    if (fault) return fault;
    this.#noteUse(key, now);
    return { account: key.account, scopes: key.scopes, keyId: key.id };
  }

  async #checkToken(token: string): Promise<Principal | AuthenticationFault> {
    const { accounts, tokens, clock } = this.#deps;
    if (!tokens) return 'tokens_not_accepted';
    const checked = await tokens.verify(token);
    if ('fault' in checked) return checked.fault;
    const account = parseAccountId(checked.subject);
    if (account === undefined) return 'unusable_subject';
    if (!(await accounts.find(account))) await accounts.ensure(account, clock.now());
    return { account, scopes: SCOPES, keyId: undefined };
  }

  /** Runs in the background: callers must be accepted even if the database accepts no writes. */
  #noteUse({ id, lastUsedAt = 0 }: ApiKey, now: number): void {
    const minute = now - (now % MINUTE_MS);
    if (minute <= Math.max(lastUsedAt, this.#noted.get(id) ?? 0)) return;
    this.#noted.set(id, minute);
    const { accounts, notice } = this.#deps;
    const noted = accounts.noteUse(id, minute).catch((err: unknown) => {
      this.#noted.delete(id);
      notice('the last use of an API key could not be recorded', { err, keyId: id });
    });
    this.#notes.add(noted);
  }
}

/** Takes constant time for texts of the same length, such as digests. */
function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
