import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Passing } from './failure.ts';

/** A longer wait is treated as a refusal, because readers are waiting. */
const LONGEST_WAIT_MS = 20_000;
/** Waits after rate limits without `Retry-After`. Their number limits the retries. */
const DEFAULT_WAITS_MS = [1_000, 2_000];

/** The retries of one call. Only use it for failures that certainly cost nothing. */
export class SecondChances {
  readonly #clock: Clock;
  readonly #deadline: AbortSignal;
  readonly #endsAt: number;
  #waits = 0;
  #rerolled = false;
  #reconnected = false;

  /**
   * @param deadline aborts at the call's timeout
   * @param timeoutMs the remaining time of the call
   */
  constructor(clock: Clock, deadline: AbortSignal, timeoutMs: number) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#endsAt = clock.monotonic() + timeoutMs;
  }

  /** Resolves with `true` once the request may be repeated, or with `false` if it may not. */
  async take(failure: Passing): Promise<boolean> {
    switch (failure.kind) {
      case 'rate_limited':
        return this.#wait(failure.waitMs);
      case 'moderation_blocked': {
        const first = !this.#rerolled;
        this.#rerolled = true;
        return first;
      }
      case 'unreachable': {
        const first = !this.#reconnected;
        this.#reconnected = true;
        return first;
      }
    }
  }

  async #wait(requestedMs: number | undefined): Promise<boolean> {
    const defaultMs = DEFAULT_WAITS_MS[this.#waits];
    if (defaultMs === undefined) return false;
    this.#waits += 1;
    const ms = requestedMs ?? defaultMs;
    const leftMs = this.#endsAt - this.#clock.monotonic();
    if (ms > LONGEST_WAIT_MS || ms >= leftMs) return false;
    await Promise.race([this.#clock.sleep(ms), aborted(this.#deadline)]);
    return !this.#deadline.aborted;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
