import type { Clock } from '../../kernel/clock.ts';
import { DailyCounter } from '../../limits/daily-counter.ts';

/**
 * How many copies of fallbacks this process may still make today. Without a list of the site's pages
 * nobody can tell a page from one that is made up, so this bounds what strangers can write.
 */
export class FallbackQuota {
  readonly #maxPerDay: number;
  readonly #made: DailyCounter;

  /** @param options.maxPerDay `Infinity` for no limit */
  constructor({ maxPerDay, clock }: { maxPerDay: number; clock: Clock }) {
    this.#maxPerDay = maxPerDay;
    this.#made = new DailyCounter(clock);
  }

  /** Takes one, `false` where none is left. */
  take(): boolean {
    if (this.#made.today >= this.#maxPerDay) return false;
    this.#made.add();
    return true;
  }

  /** Takes back one of today's, of which no copy was made. */
  giveBack(): void {
    this.#made.takeBack();
  }
}
