import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';

/** Capacity, in images. */
const MAX_IMAGES = 10_000;
/** The process that holds an image may have ended, so waiting has a limit. */
const LONGEST_WAIT_MS = 600_000;

/**
 * Paid images that other processes hold because the store rejected them. This process waits ten
 * minutes for each, from when it first learned of it.
 */
export class HeldElsewhere {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Monotonic milliseconds, by dated key. */
  readonly #knownSince = new BoundedMap<string, number>(MAX_IMAGES);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Whether any of these images, which their page's history marks as unstored, may still be stored.
   */
  mayBe(datedKeys: readonly string[]): boolean {
    const now = this.#clock.monotonic();
    return datedKeys.map((key) => now - this.#sinceOf(key, now)).some((ms) => ms < LONGEST_WAIT_MS);
  }

  #sinceOf(key: string, now: number): number {
    const since = this.#knownSince.get(key);
    if (since !== undefined) return since;
    this.#knownSince.set(key, now);
    return now;
  }
}
