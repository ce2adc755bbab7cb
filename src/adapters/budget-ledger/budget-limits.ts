import { openingOf, openMicroUsd, openPictures } from '../../domain/budget/budget-schedule.ts';
import {
  budgetOf,
  type ControlState,
  type SpendingControl,
} from '../../domain/budget/spending-control.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import type { Amounts } from './days/amounts.ts';

/** What the owner has changed on another replica may go unseen for so long by those who do not count. */
const FRESH_MS = 5000;

interface Deps {
  configured: Amounts;
  control: Pick<SpendingControl, 'read' | 'changes'> | undefined;
  /** What part of a day's limits may be used, more than 0 and at most 1. */
  share: number;
  /** In how many hours a day opens, a part at each; 0 for all at once. */
  overHours: number;
  clock: Clock;
}

/**
 * What may be used: as configured, and where there is a control, as the owner has told since; of either,
 * what the hour has opened.
 */
export class BudgetLimits {
  readonly #deps: Deps;
  #told: ControlState = { paused: false, budget: undefined };
  #readAt = Number.NEGATIVE_INFINITY;
  /** Of the control, when it was read. */
  #changes = 0;
  /** The last look, under way or over. */
  #reading: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** As far as is known. */
  of(day: Day): Amounts {
    if (this.#told.paused) return { ...this.#deps.configured, pictures: 0 };
    const { pictures, dayMicroUsd, monthMicroUsd } = this.#deps.configured;
    const shareOf = (whole: number) => Math.floor(whole * this.#deps.share);
    const opening = openingOf(day, this.#deps.clock.now(), this.#deps.overHours);
    return {
      pictures: openPictures(shareOf(budgetOf(day, this.#told, pictures)), opening),
      dayMicroUsd: openMicroUsd(shareOf(dayMicroUsd), opening),
      monthMicroUsd,
    };
  }

  /** Whether nothing can be granted, as far as is known. */
  areZero(day: Day): boolean {
    return Object.values(this.of(day)).includes(0);
  }

  /**
   * As they are now. Costs one look at what the owner has told, if there is a control.
   *
   * @throws CafeError `storage_unavailable`
   */
  async read(day: Day): Promise<Amounts> {
    if (!this.#deps.control) return this.of(day);
    this.#readAt = this.#deps.clock.monotonic();
    this.#changes = this.#deps.control.changes;
    this.#reading = this.#take(this.#deps.control.read());
    await this.#reading;
    return this.of(day);
  }

  /** As they were a few seconds ago at the latest; mostly costs nothing. */
  async recent(day: Day): Promise<Amounts> {
    const age = this.#deps.clock.monotonic() - this.#readAt;
    const hasChanged =
      this.#deps.control !== undefined && this.#deps.control.changes !== this.#changes;
    if (age >= FRESH_MS || hasChanged) return this.read(day);
    await this.#reading;
    return this.of(day);
  }

  async #take(reading: Promise<ControlState>): Promise<void> {
    try {
      this.#told = await reading;
    } catch (error) {
      this.#readAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }
}
