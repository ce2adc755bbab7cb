import { type Country, countryByCode } from '../../domain/countries/country.ts';
import type { GeoLocator, Visitor, Whereabouts } from '../../domain/countries/geo-locator.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import { ownCopy } from '../../domain/kernel/own-copy.ts';
import { SingleFlight } from '../../domain/kernel/single-flight.ts';
import { type CircuitBreaker, CircuitOpen } from '../../domain/monitoring/circuit-breaker.ts';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';

/** As long as country.is lets its own answers be cached. */
const KNOWN_MS = 3_600_000;
/** A failure says nothing about the reader, so it is asked again soon. */
const FAILED_MS = 30_000;
/** Half of the addresses that are remembered at most. */
const MAX_LATELY = 10_000;
/** Half of the time that an address is remembered at most: few readers move within a day. */
const LATELY_MS = 43_200_000;
/** A real answer has some 40 bytes. */
const MAX_ANSWER_BYTES = 65_536;

const NOWHERE: Whereabouts = { country: undefined, reliable: true };

interface Remembered {
  whereabouts: Whereabouts;
  /** When it is asked again, on the monotonic clock. */
  until: number;
}

/**
 * Asks country.is (or a server of the same kind), `GET {baseUrl}/{address}`.
 *
 * Each lookup has its time and no more; each address is asked for once at a time. Its answer is good
 * for an hour, and for as long as it is remembered while no other can be had. That is in memory only,
 * for half a day or more if there is room, and never for more than a day, also when nobody asks any
 * more. While the breaker is open nobody waits for a lookup.
 */
export class CountryIsGeoLocator implements GeoLocator {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #notice: Notice;
  readonly #breaker: CircuitBreaker;
  readonly #watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;
  /** What was learned lately, and before that, which is forgotten as a whole. */
  #lately = new Map<string, Remembered>();
  #before = new Map<string, Remembered>();
  #isForgetting = false;
  readonly #lookUps = new SingleFlight<Whereabouts>();
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

  /** How many addresses are remembered. */
  get size(): number {
    return this.#lately.size + this.#before.size;
  }

  recall({ address }: Visitor): Whereabouts | undefined {
    if (address === undefined) return NOWHERE;
    const remembered = this.#find(address);
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
      return this.#remember(address, { country, reliable: true }, KNOWN_MS);
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

  /** What was last known of the address. To be asked for again makes it no younger. */
  #standIn(address: string): Whereabouts {
    const known = this.#find(address);
    if (!known) return this.#remember(address, { country: undefined, reliable: false }, FAILED_MS);
    known.until = this.#clock.monotonic() + FAILED_MS;
    return known.whereabouts;
  }

  #find(address: string): Remembered | undefined {
    return this.#lately.get(address) ?? this.#before.get(address);
  }

  #remember(address: string, whereabouts: Whereabouts, goodForMs: number): Whereabouts {
    if (this.#lately.size >= MAX_LATELY) this.#forgetOlder();
    const until = this.#clock.monotonic() + goodForMs;
    this.#lately.set(ownCopy(address), { whereabouts, until });
    if (!this.#isForgetting) void this.#forgetInTime();
    return whereabouts;
  }

  #forgetOlder(): void {
    this.#before = this.#lately;
    this.#lately = new Map();
  }

  /** Goes on for as long as anything is remembered, and keeps no process from ending. */
  async #forgetInTime(): Promise<void> {
    this.#isForgetting = true;
    while (this.size > 0) {
      await this.#clock.sleep(LATELY_MS, { ref: false });
      this.#forgetOlder();
    }
    this.#isForgetting = false;
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
