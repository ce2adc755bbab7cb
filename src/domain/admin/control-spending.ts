import type { SpendingControl } from '../budget/spending-control.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';

interface Deps {
  control: SpendingControl;
  ceiling: number;
  clock: Clock;
}

/** Says for all replicas how much may be bought. */
export class ControlSpending {
  readonly #deps: Deps;

  /** @param deps.ceiling pictures that a day's budget may be raised to */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws CafeError `storage_unavailable` */
  async pause(paused: boolean): Promise<void> {
    await this.#deps.control.change((state) => ({ ...state, paused }));
  }

  /**
   * Gives today another budget; tomorrow has the configured one again.
   *
   * @param pictures `undefined` for the configured one
   * @returns `false`, with nothing changed, where that is more than the ceiling
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
