import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
} from 'cockatiel';
import type { Clock } from '../../domain/kernel/clock.ts';
import {
  type CircuitBreaker,
  CircuitOpen,
  type FailureWeight,
} from '../../domain/monitoring/circuit-breaker.ts';

export interface CockatielCircuitBreakerOptions {
  /** The circuit opens after this many consecutive failures. */
  failuresInARow: number;
  /** Milliseconds for which the circuit stays open. */
  pauseMs: number;
  weigh(error: unknown): FailureWeight;
  /** Whether a failure may have cost money. If so, each further pause is twice as long. */
  isCostly?(error: unknown): boolean;
  /** Called when the circuit opens, with the last failure, and when it closes again. */
  changed(isPaused: boolean, cause?: unknown): void;
  clock: Clock;
}

/** Upper limit of pauses that double. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Cockatiel's circuit breaker, driven by the monotonic clock. */
export class CockatielCircuitBreaker implements CircuitBreaker {
  readonly #policy: CircuitBreakerPolicy;
  readonly #shortestPauseMs: number;
  readonly #isCostly: (error: unknown) => boolean;
  readonly #clock: Clock;
  /** When the next trial call is allowed, on the monotonic clock. */
  #tryAt = 0;
  #pauseMs: number;
  #isPaused = false;

  constructor(options: CockatielCircuitBreakerOptions) {
    const { failuresInARow, pauseMs, weigh, changed, clock } = options;
    this.#shortestPauseMs = pauseMs;
    this.#pauseMs = pauseMs;
    this.#isCostly = (error) => options.isCostly?.(error) ?? false;
    this.#clock = clock;
    const isGrave = () => weigh(this.#lastError) === 'opens';
    const counting = handleWhen((error) => weigh(error) !== 'none');
    this.#policy = circuitBreaker(counting, {
      breaker: new ConsecutiveOrGrave(failuresInARow, isGrave),
      halfOpenAfter: { next: () => this.#pause() },
    });
    const change = (isPaused: boolean) => {
      // A failed trial reopens the circuit, which is not a change.
      if (isPaused === this.#isPaused) return;
      this.#isPaused = isPaused;
      changed(isPaused, isPaused ? this.#lastError : undefined);
    };
    this.#policy.onBreak(() => change(true));
    this.#policy.onReset(() => change(false));
  }

  pausedMs(): number | undefined {
    const { state } = this.#policy;
    // A trial may take minutes, so other calls fail at once meanwhile.
    if (state === CircuitState.HalfOpen) return this.#pauseMs;
    const leftMs = this.#tryAt - this.#clock.monotonic();
    return state === CircuitState.Open && leftMs > 0 ? leftMs : undefined;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const pausedMs = this.pausedMs();
    if (pausedMs !== undefined) throw new CircuitOpen(pausedMs);
    try {
      return await this.#policy.execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new CircuitOpen(this.#pauseMs);
      throw error;
    }
  }

  get #lastError(): unknown {
    const { lastFailure } = this.#policy;
    return lastFailure && 'error' in lastFailure ? lastFailure.error : undefined;
  }

  /** Cockatiel compares durations with the wall clock, which may jump. Infinite durations avoid that. */
  #pause(): IBackoff<unknown> {
    const isTrial = this.#isPaused && this.#isCostly(this.#lastError);
    const longest = Math.max(LONGEST_PAUSE_MS, this.#shortestPauseMs);
    this.#pauseMs = isTrial ? Math.min(2 * this.#pauseMs, longest) : this.#shortestPauseMs;
    this.#tryAt = this.#clock.monotonic() + this.#pauseMs;
    const isOver = () => this.#clock.monotonic() >= this.#tryAt;
    return {
      get duration() {
        return isOver() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
      next: () => this.#pause(),
    };
  }
}

class ConsecutiveOrGrave extends ConsecutiveBreaker {
  readonly #isGrave: () => boolean;

  constructor(threshold: number, isGrave: () => boolean) {
    super(threshold);
    this.#isGrave = isGrave;
  }

  override failure(): boolean {
    return super.failure() || this.#isGrave();
  }
}
