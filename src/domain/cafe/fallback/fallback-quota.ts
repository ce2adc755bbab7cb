import type { Clock } from '../../kernel/clock.ts';
import { DailyCounter } from '../../limits/counters.ts';

/**
 * How many fallback copies this process may still make today. Without a list of the site's pages,
 * real and invented pages look the same, so this limits how many copies a stranger can make the
 * service store.
 */
export class FallbackQuota {
  readonly #maxPerDay: number;
  readonly #made: DailyCounter;

  /** @param options.maxPerDay `Infinity` for no limit */
  constructor({ maxPerDay, clock }: { maxPerDay: number; clock: Clock }) {
    this.#maxPerDay = maxPerDay;
    this.#made = new DailyCounter(clock);
  }

  /** Takes one copy; `false` if none is left. */
  take(): boolean {
    if (this.#made.today >= this.#maxPerDay) return false;
    this.#made.add();
    return true;
  }

  /** Gives back a copy of today that was not made. */
  giveBack(): void {
    this.#made.takeBack();
  }
}
