import { CafeError } from './errors.ts';
import type { Clock } from './ports/clock.ts';

/** So long after somebody was turned away it still counts as happening. */
const SHEDDING_MS = 10_000;

/**
 * How much may be under way at once, so that there is always memory and time for what is. Whoever
 * comes beyond it is turned away before anything is asked of anybody.
 */
export class WaitingRoom {
  readonly #mostWaiting: number;
  readonly #mostSearches: number;
  readonly #clock: Clock;
  #waiting = 0;
  #searches = 0;
  /** Monotonic. */
  #turnedAwayAt = Number.NEGATIVE_INFINITY;

  /**
   * @param options.mostWaiting requests, however many of them wait for the same
   * @param options.mostSearches pages looked for at once
   */
  constructor(options: { mostWaiting: number; mostSearches: number; clock: Clock }) {
    this.#mostWaiting = options.mostWaiting;
    this.#mostSearches = options.mostSearches;
    this.#clock = options.clock;
  }

  /** Whether requests are turned away, or were a moment ago. */
  get isShedding(): boolean {
    return this.#clock.monotonic() - this.#turnedAwayAt < SHEDDING_MS;
  }

  /** @throws CafeError `overloaded`, and what the work throws */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#mostWaiting) throw this.#overloaded();
    this.#waiting += 1;
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
    }
  }

  /** @throws CafeError `overloaded`, and what the search throws */
  async search<T>(search: () => Promise<T>): Promise<T> {
    if (this.#searches >= this.#mostSearches) throw this.#overloaded();
    this.#searches += 1;
    try {
      return await search();
    } finally {
      this.#searches -= 1;
    }
  }

  #overloaded(): CafeError {
    this.#turnedAwayAt = this.#clock.monotonic();
    return new CafeError('overloaded', 'There is too much to do at the moment; ask again soon.');
  }
}
