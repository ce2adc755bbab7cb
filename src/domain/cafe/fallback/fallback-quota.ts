import type { Clock } from '../../kernel/clock.ts';
import { DailyCount } from '../../limits/daily-counter.ts';

/** How many copies of fallbacks this process may still make today. */
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
