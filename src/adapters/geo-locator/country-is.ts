import { BoundedMap } from '../../domain/bounded-map.ts';
import { type Country, countryByCode } from '../../domain/country.ts';
import { Flights } from '../../domain/flights.ts';
import { type CircuitBreaker, CircuitOpen } from '../../domain/ports/circuit-breaker.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/ports/geo-locator.ts';
import type { Notice } from '../../domain/ports/journal.ts';
import type { UpstreamWatch } from '../../domain/upstream-health.ts';

/** As long as country.is lets its own answers be cached. */
const KNOWN_MS = 3_600_000;
/** A failure says nothing about the reader, so it is asked again soon. */
const FAILED_MS = 30_000;
const REMEMBERED_ADDRESSES = 20_000;
/** A real answer has some 40 bytes. */
const MAX_ANSWER_BYTES = 65_536;

/** As long as an answer stands in for one that cannot be had: few readers move within a day. */
const STANDS_IN_MS = 86_400_000;

const NOWHERE: Whereabouts = { country: undefined, reliable: true };

interface Remembered {
  whereabouts: Whereabouts;
  /** When it is asked again. */
  until: number;
  /** When it was learned. */
  since: number;
}

/**
 * Asks country.is (or a server of the same kind), `GET {baseUrl}/{address}`.
 *
 * Each lookup has its time and no more; each address is asked for once at a time. Its answer is good
 * for an hour, and for a day while no other can be had; it is kept in memory only. While the breaker
 * is open nobody waits for a lookup.
 */
export class CountryIsGeoLocator implements GeoLocator {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #notice: Notice;
  readonly #breaker: CircuitBreaker;
  readonly #watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;
  readonly #remembered = new BoundedMap<string, Remembered>(REMEMBERED_ADDRESSES);
  readonly #lookUps = new Flights<Whereabouts>();
  /** The last look-up failed. */
  #failing = false;

  constructor(options: {
    /** Without a trailing slash, such as `https://api.country.is`. */
    baseUrl: string;
    timeoutMs: number;
    clock: Clock;
    notice: Notice;
    breaker: CircuitBreaker;
    watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;
  }) {
    this.#baseUrl = options.baseUrl;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#notice = options.notice;
    this.#breaker = options.breaker;
    this.#watch = options.watch;
  }

  recall({ address }: Visitor): Whereabouts | undefined {
    if (address === undefined) return NOWHERE;
    const remembered = this.#remembered.get(address);
    const isKnown = remembered && remembered.until > this.#clock.monotonic();
    return isKnown ? remembered.whereabouts : undefined;
  }

  async locate(visitor: Visitor): Promise<Whereabouts> {
    const { address } = visitor;
    // Without an address the service would be asked for the country of the caller: of this server.
    if (address === undefined) return NOWHERE;
    return this.recall(visitor) ?? this.#lookUps.join(address, () => this.#lookUp(address));
  }

  async #lookUp(address: string): Promise<Whereabouts> {
    try {
      const country = await this.#breaker.run(() => this.#ask(address));
      this.#failing = false;
      this.#watch.succeeded();
      const now = this.#clock.monotonic();
      const whereabouts = { country, reliable: true };
      this.#remembered.set(address, { whereabouts, until: now + KNOWN_MS, since: now });
      return whereabouts;
    } catch (error) {
      if (!(error instanceof CircuitOpen)) this.#tell(error);
      return this.#standIn(address);
    }
  }

  /** Once. The error is named and not shown: its text may hold the URL, and so the address. */
  #tell(error: unknown): void {
    const name = errorName(error);
    this.#watch.failed(name.replaceAll(' ', '_'));
    if (this.#failing) return;
    this.#failing = true;
    this.#notice('the locator fails', { locator: 'country-is', error: name });
  }

  async #ask(address: string): Promise<Country | undefined> {
    const response = await fetch(`${this.#baseUrl}/${address}`, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(this.#timeoutMs),
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
      throw new LookupError('no country in the answer');
    }
    return countryByCode(answer.country);
  }

  /** What was last known of the address, if that is not too old. */
  #standIn(address: string): Whereabouts {
    const now = this.#clock.monotonic();
    const last = this.#remembered.get(address);
    const known = last && now - last.since < STANDS_IN_MS ? last : undefined;
    const whereabouts = known?.whereabouts ?? { country: undefined, reliable: false };
    const since = known?.since ?? now;
    this.#remembered.set(address, { whereabouts, until: now + FAILED_MS, since });
    return whereabouts;
  }
}

/** Its message is ours and safe to log. */
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
    if (text.length > MAX_ANSWER_BYTES) throw new LookupError('the answer is too long');
  }
  return text;
}
