import type { SpendingControl } from '../budget/spending-control.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';

interface Deps {
  control: SpendingControl;
  ceiling: number;
  clock: Clock;
}

/** Sets for all replicas how much may be generated. */
export class ControlSpending {
  readonly #deps: Deps;

  /** @param deps.ceiling maximum for a day's budget, in images */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws CafeError `storage_unavailable` */
  async pause(paused: boolean): Promise<void> {
    await this.#deps.control.change((state) => ({ ...state, paused }));
  }

  /**
   * Overrides today's budget. Tomorrow the configured budget applies again.
   *
   * @param pictures `undefined` restores the configured budget
   * @returns `false`, with nothing changed, if that is above the ceiling
   * @throws CafeError `storage_unavailable`
   */
  async setTodaysBudget(pictures: number | undefined): Promise<boolean> {
    if (pictures !== undefined && pictures > this.#deps.ceiling) return false;
    const day = dayAt(this.#deps.clock.now());
    const budget = pictures === undefined ? undefined : { day, pictures };
    await this.#deps.control.change((state) => ({ ...state, budget }));
    return true;
  }
}
