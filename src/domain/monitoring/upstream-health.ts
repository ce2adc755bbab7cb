import type { Clock } from '../kernel/clock.ts';

export const UPSTREAMS = ['store', 'generator', 'locator'] as const;
export type UpstreamName = (typeof UPSTREAMS)[number];

/** How an upstream did when it was last called. */
export type UpstreamState =
  /** It answered, or it is an adapter that calls nobody. */
  | 'ok'
  | 'failing'
  /** It is left alone for a while. */
  | 'open'
  /** Nobody has called it yet. */
  | 'unused';

export interface UpstreamReport {
  name: UpstreamName;
  /** Which adapter it is, such as `s3`. */
  kind: string;
  state: UpstreamState;
  /** Milliseconds since the Unix epoch, as are the others; absent where it is unused. */
  since: number | undefined;
  lastError: string | undefined;
  lastErrorAt: number | undefined;
}

/** How often an upstream has failed in one way. */
export interface FailureCount {
  name: UpstreamName;
  code: string;
  count: number;
}

/** Hears how an upstream does. */
export interface UpstreamWatch {
  /** It answered a call, or was opened and needs none. */
  succeeded(): void;
  /** @param code short and fixed, such as `quota_exhausted`; nothing that an upstream said */
  failed(code: string): void;
  /** It is left alone, or is no longer. */
  paused(isPaused: boolean): void;
}

/** Knows how the store, the generator and the locator do, from those who call them. */
export class UpstreamHealth {
  readonly #clock: Clock;
  readonly #reports: Record<UpstreamName, UpstreamReport>;
  /** By name and code, of which there are a few dozen. */
  readonly #failures = new Map<string, FailureCount>();

  constructor(kinds: Readonly<Record<UpstreamName, string>>, clock: Clock) {
    this.#clock = clock;
    const begin = (name: UpstreamName): UpstreamReport => ({
      name,
      kind: kinds[name],
      state: 'unused',
      since: undefined,
      lastError: undefined,
      lastErrorAt: undefined,
    });
    this.#reports = {
      store: begin('store'),
      generator: begin('generator'),
      locator: begin('locator'),
    };
  }

  /** What hears of the calls of one of them. */
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
    return UPSTREAMS.map((name) => ({ ...this.#reports[name] }));
  }

  /** Every way in which calls have failed since the process began. */
  failures(): Iterable<Readonly<FailureCount>> {
    return this.#failures.values();
  }

  #count(name: UpstreamName, code: string): void {
    const known = this.#failures.get(`${name} ${code}`);
    if (known) known.count += 1;
    else this.#failures.set(`${name} ${code}`, { name, code, count: 1 });
  }

  /** While it is left alone, calls that were begun before say nothing about the next one. */
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
