import type { Clock } from '../../kernel/clock.ts';
import { DailyCounter } from '../../limits/counters.ts';

/**
 * How many fallback copies this process may still make today. Without a list of the site's pages,
 * real and invented pages look the same, so this limits what strangers can write.
 */
export class FallbackQuota {
  readonly #maxPerDay: number;
  readonly #made: DailyCounter;

  /** @param options.maxPerDay `Infinity` for no limit */
  constructor({ maxPerDay, clock }: { maxPerDay: number; clock: Clock }) {
    this.#maxPerDay = maxPerDay;
    this.#made = new DailyCounter(clock);
  }

  /** Takes one; `false` if none is left. */
  take(): boolean {
    if (this.#made.today >= this.#maxPerDay) return false;
    this.#made.add();
    return true;
  }

  /** Returns one of today's that was not used. */
  giveBack(): void {
    this.#made.takeBack();
  }
}
