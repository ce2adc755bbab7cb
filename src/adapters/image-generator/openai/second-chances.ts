import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Passing } from './failure.ts';

/** A rate limit that asks for more patience than this is a refusal: readers are waiting. */
const LONGEST_WAIT_MS = 20_000;
/** How long to wait where a rate limit does not say; as many waits as there are entries. */
const UNTOLD_WAITS_MS = [1_000, 2_000];

/** What one call may still repeat. Only proven refusals come here, so nothing is paid for twice. */
export class SecondChances {
  readonly #clock: Clock;
  readonly #deadline: AbortSignal;
  readonly #endsAt: number;
  #waits = 0;
  #rerolled = false;
  #reconnected = false;

  /**
   * @param deadline aborts when the call's time is up
   * @param timeoutMs the time the call has from now on
   */
  constructor(clock: Clock, deadline: AbortSignal, timeoutMs: number) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#endsAt = clock.monotonic() + timeoutMs;
  }

  /** Resolves with `true` once the request may be repeated, with `false` where it may not. */
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

  async #wait(toldMs: number | undefined): Promise<boolean> {
    const untoldMs = UNTOLD_WAITS_MS[this.#waits];
    if (untoldMs === undefined) return false;
    this.#waits += 1;
    const ms = toldMs ?? untoldMs;
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
