import { type Country, countryByCode } from '../../domain/countries/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/countries/geo-locator.ts';
import { ownCopy } from '../../domain/kernel/bounded-map.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { SingleFlight } from '../../domain/kernel/concurrency.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import { type CircuitBreaker, CircuitOpen } from '../../domain/monitoring/circuit-breaker.ts';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';

/** The cache lifetime that country.is sets for its responses. */
const KNOWN_MS = 3_600_000;
/** After a failure, the address is looked up again soon. */
const FAILED_MS = 30_000;
/** Maximum number of addresses in each of the cache's two parts, the recent and the older one. */
const MAX_RECENT = 10_000;
/** Lifetime of a generation of the cache: half a day. Few readers move within a day. */
const RECENT_MS = 43_200_000;
/** A normal response has about 40 bytes. */
const MAX_ANSWER_BYTES = 65_536;

const NOWHERE: Whereabouts = { country: undefined, reliable: true };

interface Remembered {
  whereabouts: Whereabouts;
  /** When to look it up again, on the monotonic clock. */
  until: number;
}

interface CountryIsGeoLocatorOptions {
  /** Without a trailing slash, such as `https://api.country.is`. */
  baseUrl: string;
  timeoutMs: number;
  clock: Clock;
  notice: Notice;
  breaker: CircuitBreaker;
  watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;
}

/**
 * Calls country.is or a compatible server: `GET {baseUrl}/{address}`.
 *
 * Each lookup has a timeout, and concurrent lookups of an address share one request. A result is valid for
 * an hour; after that, it is only used while lookups fail. Results are kept in memory only, and deleted
 * after at most a day, for privacy. While the circuit breaker is open, lookups return at once.
 */
export class CountryIsGeoLocator implements GeoLocator {
  readonly #options: CountryIsGeoLocatorOptions;
  /** The cache has two generations; the older one is deleted as a whole. */
  #recent = new Map<string, Remembered>();
  #older = new Map<string, Remembered>();
  #isForgetting = false;
  readonly #lookUps = new SingleFlight<Whereabouts>();
  /** Whether the last lookup failed. */
  #failing = false;

  constructor(options: CountryIsGeoLocatorOptions) {
    this.#options = options;
  }

  /** The number of cached addresses. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  recall({ address }: Visitor): Whereabouts | undefined {
    if (address === undefined) return NOWHERE;
    const remembered = this.#find(address);
    const isKnown = remembered && remembered.until > this.#options.clock.monotonic();
    return isKnown ? remembered.whereabouts : undefined;
  }

  async locate(visitor: Visitor): Promise<Whereabouts> {
    const { address } = visitor;
    // Without an address, country.is would return the country of this server.
    if (address === undefined) return NOWHERE;
    return this.recall(visitor) ?? this.#lookUps.join(address, () => this.#lookUp(address));
  }

  async #lookUp(address: string): Promise<Whereabouts> {
    try {
      const country = await this.#options.breaker.run(() => this.#ask(address));
      this.#failing = false;
      this.#options.watch.succeeded();
      return this.#remember(address, { country, reliable: true }, KNOWN_MS);
    } catch (error) {
      if (!(error instanceof CircuitOpen)) this.#report(error);
      return this.#lastKnown(address);
    }
  }

  /** Logs only the first failure, and only the error's name: its message may contain the address. */
  #report(error: unknown): void {
    const name = errorName(error);
    this.#options.watch.failed(name.replaceAll(' ', '_'));
    if (this.#failing) return;
    this.#failing = true;
    this.#options.notice('geolocation fails', { locator: 'country-is', error: name });
  }

  async #ask(address: string): Promise<Country | undefined> {
    const response = await fetch(`${this.#options.baseUrl}/${address}`, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(this.#options.timeoutMs),
    });
    if (response.status === 404 || response.status === 422) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new LookupError(`status ${response.status}`);
    }
    const answer: unknown = JSON.parse(await limitedText(response));
    if (typeof answer !== 'object' || answer === null || !('country' in answer)) {
      throw new LookupError('no country in the response');
    }
    return countryByCode(answer.country);
  }

  /** The last known result, even if out of date. This does not extend its time in the cache. */
  #lastKnown(address: string): Whereabouts {
    const known = this.#find(address);
    if (!known) return this.#remember(address, { country: undefined, reliable: false }, FAILED_MS);
    known.until = this.#options.clock.monotonic() + FAILED_MS;
    return known.whereabouts;
  }

  #find(address: string): Remembered | undefined {
    return this.#recent.get(address) ?? this.#older.get(address);
  }

  #remember(address: string, whereabouts: Whereabouts, validMs: number): Whereabouts {
    if (this.#recent.size >= MAX_RECENT) this.#forgetOlder();
    const until = this.#options.clock.monotonic() + validMs;
    this.#recent.set(ownCopy(address), { whereabouts, until });
    if (!this.#isForgetting) void this.#forgetInTime();
    return whereabouts;
  }

  #forgetOlder(): void {
    this.#older = this.#recent;
    this.#recent = new Map();
  }

  /** Runs until the cache is empty. Does not keep the process alive. */
  async #forgetInTime(): Promise<void> {
    this.#isForgetting = true;
    while (this.size > 0) {
      await this.#options.clock.sleep(RECENT_MS, { ref: false });
      this.#forgetOlder();
    }
    this.#isForgetting = false;
  }
}

/** An error whose message contains no address, so it is safe to log. */
class LookupError extends Error {
  override name = 'LookupError';
}

function errorName(error: unknown): string {
  if (error instanceof LookupError) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}

async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) throw new LookupError('the response is too long');
  }
  return text;
}
