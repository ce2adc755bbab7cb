import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';

/** Images that are remembered. */
const MAX_IMAGES = 10_000;
/** The process that holds an image may have ended. */
const LONGEST_WAIT_MS = 600_000;

/**
 * Paid images that other processes hold because the store rejected them. Each is waited for ten minutes from
 * when this process first heard of it.
 */
export class HeldElsewhere {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Monotonic, by dated key. */
  readonly #knownSince = new BoundedMap<string, number>(MAX_IMAGES);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether one of these, which their page's history calls unstored, may still be stored. */
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
