import { type Day, dayAt } from './day.ts';
import type { Clock } from './ports/clock.ts';

/** How many copies of fallbacks this process may still make today. */
export class FallbackCopies {
  readonly #mostPerDay: number;
  readonly #clock: Clock;
  /** The latest there was: a clock that jumps back refills nothing. */
  #day: Day | undefined;
  #made = 0;

  /** @param options.mostPerDay `Infinity` for no limit */
  constructor(options: { mostPerDay: number; clock: Clock }) {
    this.#mostPerDay = options.mostPerDay;
    this.#clock = options.clock;
  }

  /** Takes one, `false` where none is left. */
  take(): boolean {
    const today = dayAt(this.#clock.now());
    if (this.#day === undefined || today > this.#day) {
      this.#day = today;
      this.#made = 0;
    }
    if (this.#made >= this.#mostPerDay) return false;
    this.#made += 1;
    return true;
  }
}
