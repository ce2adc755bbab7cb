import type { Clock } from '../kernel/clock.ts';

export const UPSTREAMS = ['store', 'database', 'generator', 'locator'] as const;
type UpstreamName = (typeof UPSTREAMS)[number];

/** The result of the last call to an upstream. */
type UpstreamState =
  /** It responded, or its adapter makes no calls. */
  | 'ok'
  | 'failing'
  /** Paused after failures. */
  | 'open'
  /** Not called yet. */
  | 'unused';

export interface UpstreamReport {
  name: UpstreamName;
  /** The adapter, such as `s3`. */
  kind: string;
  state: UpstreamState;
  /** Milliseconds since the Unix epoch, as are the others; absent if unused. */
  since: number | undefined;
  lastError: string | undefined;
  lastErrorAt: number | undefined;
}

/** The kind of an upstream that this service does not have. */
const NONE = '';

/** How often an upstream failed with one code. */
interface FailureCount {
  name: UpstreamName;
  code: string;
  count: number;
}

/** Receives the results of calls to an upstream. */
export interface UpstreamWatch {
  /** The upstream responded to a call, or its adapter was opened and makes no calls. */
  succeeded(): void;
  /** @param code short and fixed, such as `quota_exhausted`; never upstream text */
  failed(code: string): void;
  /** Calls are paused after failures, or resumed. */
  paused(isPaused: boolean): void;
}

/**
 * Tracks the health of the store, the database, the image generator and geolocation, as reported by
 * their callers.
 */
export class UpstreamHealth {
  readonly #clock: Clock;
  readonly #reports: Record<UpstreamName, UpstreamReport>;
  /** By name and code, a few dozen entries. */
  readonly #failures = new Map<string, FailureCount>();

  /** @param kinds only the upstreams that this service has */
  constructor(kinds: Readonly<Partial<Record<UpstreamName, string>>>, clock: Clock) {
    this.#clock = clock;
    const begin = (name: UpstreamName): UpstreamReport => ({
      name,
      kind: kinds[name] ?? NONE,
      state: 'unused',
      since: undefined,
      lastError: undefined,
      lastErrorAt: undefined,
    });
    this.#reports = {
      store: begin('store'),
      database: begin('database'),
      generator: begin('generator'),
      locator: begin('locator'),
    };
  }

  /** The receiver for the results of calls to one upstream. */
  watch(name: UpstreamName): UpstreamWatch {
    return {
      succeeded: () => this.#follow(name, 'ok'),
      failed: (code) => {
        const report = this.#reports[name];
        report.lastError = code;
        report.lastErrorAt = this.#clock.now();
        this.#count(name, code);
        this.#follow(name, 'failing');
      },
      paused: (isPaused) => this.#enter(name, isPaused ? 'open' : 'ok'),
    };
  }

  /** Whether its last call failed. */
  isFailing(name: UpstreamName): boolean {
    return this.#reports[name].state === 'failing';
  }

  report(): readonly UpstreamReport[] {
    return UPSTREAMS.map((name) => ({ ...this.#reports[name] })).filter(
      ({ kind }) => kind !== NONE,
    );
  }

  /** All failure counts since the process started. */
  failures(): Iterable<Readonly<FailureCount>> {
    return this.#failures.values();
  }

  #count(name: UpstreamName, code: string): void {
    const known = this.#failures.get(`${name} ${code}`);
    if (known) known.count += 1;
    else this.#failures.set(`${name} ${code}`, { name, code, count: 1 });
  }

  /** While the circuit is open, results of earlier calls say nothing about the next one. */
  #follow(name: UpstreamName, state: UpstreamState): void {
    if (this.#reports[name].state !== 'open') this.#enter(name, state);
  }

  #enter(name: UpstreamName, state: UpstreamState): void {
    const report = this.#reports[name];
    if (report.state === state) return;
    report.state = state;
    report.since = this.#clock.now();
  }
}

/** Reasons why a billed response is unusable. */
const USELESS: ReadonlySet<string> = new Set([
  'damaged_picture',
  'damaged_png',
  'error_answer',
  'malformed_answer',
  'malformed_base64',
  'no_picture',
  'not_a_png',
  'oversized_answer',
  'oversized_png',
  'picture_not_downloaded',
]);
/** One may be a coincidence. Two in a row mean that the next ones would fail and cost the same. */
const TOO_MANY = 2;

/** Counts consecutive billed but unusable responses with the same reason. */
export class UselessAnswers {
  #reason: string | undefined;
  #inARow = 0;

  /** Counts a failed call. Returns whether the limit is reached. */
  failed(reason: string): boolean {
    this.#inARow = reason === this.#reason ? this.#inARow + 1 : 1;
    this.#reason = reason;
    return USELESS.has(reason) && this.#inARow >= TOO_MANY;
  }

  succeeded(): void {
    this.#reason = undefined;
  }
}
