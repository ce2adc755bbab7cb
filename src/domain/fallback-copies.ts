import { DailyCount } from './daily-count.ts';
import type { Clock } from './ports/clock.ts';

/**
 * How many copies of fallbacks this process may still make today. Without a list of the site's pages
 * nobody can tell a page from one that is made up, so this bounds what strangers can write.
 */
export class FallbackCopies {
  readonly #mostPerDay: number;
  readonly #made: DailyCount;

  /** @param options.mostPerDay `Infinity` for no limit */
  constructor({ mostPerDay, clock }: { mostPerDay: number; clock: Clock }) {
    this.#mostPerDay = mostPerDay;
    this.#made = new DailyCount(clock);
  }

  /** Takes one, `false` where none is left. */
  take(): boolean {
    if (this.#made.today >= this.#mostPerDay) return false;
    this.#made.add();
    return true;
  }

  /** Takes back one of today's, of which no copy was made. */
  giveBack(): void {
    this.#made.takeBack();
  }
}
