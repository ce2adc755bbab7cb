import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';

/** Counts events of today, in this process. */
export class DailyCounter {
  readonly #clock: Clock;
  /** The latest day seen: a clock that jumps back does not restart a day. */
  #day: Day | undefined;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get today(): number {
    const today = dayAt(this.#clock.now());
    if (this.#day === undefined || today > this.#day) {
      this.#day = today;
      this.#count = 0;
    }
    return this.#count;
  }

  add(): void {
    this.#count = this.today + 1;
  }

  /** Undoes an {@link add}, unless that was on an earlier day. */
  takeBack(): void {
    this.#count = Math.max(0, this.today - 1);
  }
}
