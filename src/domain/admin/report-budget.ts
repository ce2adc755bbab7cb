import { DAY_MS, type Day, dayAt, daysBefore, startOf } from '../day.ts';
import type { GenerationControl } from '../generation-control.ts';
import type { Clock } from '../ports/clock.ts';
import type { DaySpending, GenerationHistory } from '../ports/generation-history.ts';

/** What the budget is, as configured. */
export interface BudgetSettings {
  /** Pictures per UTC day. */
  dailyBudget: number;
  /** Pictures of a day that the owner may raise it to. */
  ceiling: number;
  /** Millionths of a US dollar; no limit where absent. */
  dailyMicroUsd: number | undefined;
  monthlyMicroUsd: number | undefined;
  /** Millionths of a US dollar: what is set aside for a call. */
  dearestMicroUsd: number;
}

export interface BudgetReport {
  day: Day;
  isPaused: boolean;
  /** Pictures of today: what is in force, what is configured, and what it may be raised to. */
  limit: number;
  configuredLimit: number;
  ceiling: number;
  /** With those that are reserved. */
  used: number;
  reserved: number;
  remaining: number;
  /** Milliseconds since the Unix epoch. */
  resetsAt: number;
  /** Millionths of a US dollar; limits are `undefined` where there are none. */
  today: { costMicroUsd: number; limitMicroUsd: number | undefined };
  month: { costMicroUsd: number; limitMicroUsd: number | undefined };
  dearestMicroUsd: number;
  /** The days that used something, oldest first. */
  history: DaySpending[];
}

const HISTORY_DAYS = 90;

/** Tells what was spent and what is left. */
export class ReportBudget {
  readonly #history: GenerationHistory;
  readonly #control: GenerationControl;
  readonly #settings: BudgetSettings;
  readonly #clock: Clock;

  constructor(deps: {
    history: GenerationHistory;
    control: GenerationControl;
    settings: BudgetSettings;
    clock: Clock;
  }) {
    this.#history = deps.history;
    this.#control = deps.control;
    this.#settings = deps.settings;
    this.#clock = deps.clock;
  }

  /** @throws CafeError `storage_unavailable` */
  async report(): Promise<BudgetReport> {
    const { dailyBudget, ceiling, dailyMicroUsd, monthlyMicroUsd, dearestMicroUsd } =
      this.#settings;
    const day = dayAt(this.#clock.now());
    const [{ paused, budget }, usage, past] = await Promise.all([
      this.#control.read(),
      this.#history.usage(day, dearestMicroUsd),
      this.#history.spending(daysBefore(day, HISTORY_DAYS - 1), daysBefore(day, 1)),
    ]);
    const limit = budget?.day === day ? budget.pictures : dailyBudget;
    const history = usage.pictures > 0 ? [...past, usage] : past;
    const month = day.slice(0, 'YYYY/MM'.length);
    const ofMonth = history.filter((each) => each.day.startsWith(month));
    return {
      day,
      isPaused: paused,
      limit,
      configuredLimit: dailyBudget,
      ceiling,
      used: usage.pictures,
      reserved: usage.reserved,
      remaining: Math.max(0, limit - usage.pictures),
      resetsAt: startOf(day) + DAY_MS,
      today: { costMicroUsd: usage.costMicroUsd, limitMicroUsd: dailyMicroUsd },
      month: {
        costMicroUsd: ofMonth.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
        limitMicroUsd: monthlyMicroUsd,
      },
      dearestMicroUsd,
      history,
    };
  }
}
