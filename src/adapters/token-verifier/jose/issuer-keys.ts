import { type CryptoKey, createLocalJWKSet, errors, type JWSHeaderParameters } from 'jose';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { CafeError } from '../../../domain/kernel/errors.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;

interface Known {
  keys: KeySet;
  /** Monotonic milliseconds. */
  fetchedAt: number;
}

interface Deps {
  url: string;
  clock: Clock;
  timeoutMs: number;
}

/** Keys are used without another fetch for this long. */
const FRESH_MS = 600_000;
/** While the issuer does not respond, its last keys are used for this long. */
const STALE_MS = 3_600_000;
/**
 * Minimum time between two fetches while keys are known. So tokens with unknown keys cannot cause
 * more fetches.
 */
const PAUSE_MS = 30_000;
/** Minimum time between two fetches while no key is known. */
const RETRY_MS = 2000;
/** Bytes. A key set has a few kilobytes. */
const MAX_BYTES = 262_144;

/**
 * The issuer's public keys, fetched when first needed and kept in memory.
 *
 * jose's own cache is not used: it depends on the wall clock, and refuses every token once its keys
 * are ten minutes old and the issuer does not respond.
 */
export class IssuerKeys {
  readonly #deps: Deps;
  #known: Known | undefined;
  #fetching: Promise<Known> | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failure: CafeError | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The keys that may have signed a token with this header, usually one; empty if the issuer has
   * none.
   *
   * @throws CafeError `issuer_unavailable`
   */
  async keysFor(header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
    const known = await this.#current();
    const found = await matching(known.keys, header);
    if (found.length > 0 || this.#sinceTry() < PAUSE_MS) return found;
    // The issuer may have added a key.
    return matching((await this.#fetch()).keys, header);
  }

  async #current(): Promise<Known> {
    const known = this.#known;
    const age = this.#deps.clock.monotonic() - (known?.fetchedAt ?? Number.NEGATIVE_INFINITY);
    if (known && age < FRESH_MS) return known;
    if (!known || age >= STALE_MS) {
      if (this.#failure && this.#sinceTry() < RETRY_MS) throw this.#failure;
      return this.#fetch();
    }
    if (this.#sinceTry() < PAUSE_MS) return known;
    // The failure is kept, and thrown once the known keys are too old.
    return this.#fetch().catch(() => known);
  }

  #sinceTry(): number {
    return this.#deps.clock.monotonic() - this.#triedAt;
  }

  #fetch(): Promise<Known> {
    this.#fetching ??= this.#fetchAnew().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchAnew(): Promise<Known> {
    const { url, clock, timeoutMs } = this.#deps;
    this.#triedAt = clock.monotonic();
    try {
      const keys = keySetIn(await textAt(url, timeoutMs));
      this.#known = { keys, fetchedAt: clock.monotonic() };
      this.#failure = undefined;
      return this.#known;
    } catch (cause) {
      this.#failure = new CafeError(
        'issuer_unavailable',
        'Access tokens cannot be checked now. Try again soon.',
        { cause },
      );
      throw this.#failure;
    }
  }
}

/**
 * @throws Error for a set without keys: otherwise one mistake of the issuer would make the service
 * refuse all tokens
 */
function keySetIn(text: string): KeySet {
  const keys = createLocalJWKSet(JSON.parse(text));
  if (keys.jwks().keys.length === 0) throw new Error('The key set of the issuer is empty.');
  return keys;
}

async function matching(keys: KeySet, header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
  try {
    return [await keys(header)];
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return [];
    // The token names no key, and several match.
    if (error instanceof errors.JWKSMultipleMatchingKeys) return Array.fromAsync(error);
    throw new CafeError('issuer_unavailable', 'A key of the token issuer cannot be used.', {
      cause: error,
    });
  }
}

async function textAt(url: string, timeoutMs: number): Promise<string> {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    // A redirect may lead to a server that the owner did not configure.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`The token issuer answered its key set with status ${response.status}.`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('The key set of the token issuer is too large.');
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
