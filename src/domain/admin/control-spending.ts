import type { SpendingControl } from '../budget/spending-control.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';

/** Says for all replicas how much may be bought. */
export class ControlSpending {
  readonly #control: SpendingControl;
  readonly #ceiling: number;
  readonly #clock: Clock;

  /** @param deps.ceiling pictures that a day's budget may be raised to */
  constructor(deps: { control: SpendingControl; ceiling: number; clock: Clock }) {
    this.#control = deps.control;
    this.#ceiling = deps.ceiling;
    this.#clock = deps.clock;
  }

  /** @throws CafeError `storage_unavailable` */
  async pause(paused: boolean): Promise<void> {
    await this.#control.change((state) => ({ ...state, paused }));
  }

  /**
   * Gives today another budget; tomorrow has the configured one again.
   *
   * @param pictures `undefined` for the configured one
   * @returns `false`, with nothing changed, where that is more than the ceiling
   * @throws CafeError `storage_unavailable`
   */
  async setTodaysBudget(pictures: number | undefined): Promise<boolean> {
    if (pictures !== undefined && pictures > this.#ceiling) return false;
    const day = dayAt(this.#clock.now());
    const budget = pictures === undefined ? undefined : { day, pictures };
    await this.#control.change((state) => ({ ...state, budget }));
    return true;
  }
}
