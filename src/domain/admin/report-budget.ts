import { openingOf, openPictures } from '../budget/budget-schedule.ts';
import type { DaySpending, GenerationHistory } from '../budget/generation-history.ts';
import { budgetOf, type SpendingControl } from '../budget/spending-control.ts';
import type { Clock } from '../kernel/clock.ts';
import { DAY_MS, type Day, dayAt, daysBefore, startOf } from '../kernel/day.ts';

/** The configured budget. */
export interface BudgetSettings {
  /** Images per UTC day. */
  dailyBudget: number;
  /** Maximum number of images per day that the owner may set. */
  ceiling: number;
  /** Whether the ceiling is set by its own variable; otherwise it follows the budget. */
  isCeilingSet: boolean;
  /** Millionths of a US dollar; no limit if absent. */
  dailyMicroUsd: number | undefined;
  monthlyMicroUsd: number | undefined;
  /** Number of hours over which a day's budget opens, one part each hour; 0 for all at once. */
  opensOverHours: number;
  /** Millionths of a US dollar reserved for a call. */
  dearestMicroUsd: number;
}

/** What prevents generation now. */
export type BudgetStop = 'paused' | 'pictures' | 'dollars_today' | 'dollars_month';

export interface BudgetReport {
  day: Day;
  isPaused: boolean;
  /** Images of today: the effective limit, the configured limit, and the ceiling. */
  limit: number;
  configuredLimit: number;
  ceiling: number;
  isCeilingSet: boolean;
  /** The owner's budget for today, if the ceiling has lowered it since. */
  limitOverCeiling: number | undefined;
  /** Absent if generation is possible. */
  stoppedBy: BudgetStop | undefined;
  /** Including reserved ones. */
  used: number;
  reserved: number;
  remaining: number;
  /**
   * Images that readers may use by now, and when the next part opens; absent without hourly pacing.
   */
  opening: { pictures: number; nextAt: number | undefined } | undefined;
  /** Milliseconds since the Unix epoch. */
  resetsAt: number;
  /** Millionths of a US dollar; `undefined` means no limit. */
  today: { costMicroUsd: number; limitMicroUsd: number | undefined };
  month: { costMicroUsd: number; limitMicroUsd: number | undefined };
  dearestMicroUsd: number;
  /** The days with usage, oldest first. */
  history: DaySpending[];
}

const HISTORY_DAYS = 90;

interface Deps {
  history: GenerationHistory;
  control: SpendingControl;
  settings: BudgetSettings;
  clock: Clock;
}

/** Reports usage and remaining budget. */
export class ReportBudget {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws CafeError `storage_unavailable` */
  async report(): Promise<BudgetReport> {
    const { dailyBudget, ceiling, isCeilingSet, dearestMicroUsd } = this.#deps.settings;
    const { dailyMicroUsd, monthlyMicroUsd } = this.#deps.settings;
    const now = this.#deps.clock.now();
    const day = dayAt(now);
    const [told, usage, past] = await Promise.all([
      this.#deps.control.read(),
      this.#deps.history.usage(day, dearestMicroUsd),
      this.#deps.history.spending(daysBefore(day, HISTORY_DAYS - 1), daysBefore(day, 1)),
    ]);
    const limit = budgetOf(day, told, dailyBudget);
    const history = usage.pictures > 0 ? [...past, usage] : past;
    const month = day.slice(0, 'YYYY/MM'.length);
    const ofMonth = history.filter((each) => each.day.startsWith(month));
    const amounts = {
      remaining: Math.max(0, limit - usage.pictures),
      today: { costMicroUsd: usage.costMicroUsd, limitMicroUsd: dailyMicroUsd },
      month: {
        costMicroUsd: ofMonth.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
        limitMicroUsd: monthlyMicroUsd,
      },
    };
    return {
      ...amounts,
      day,
      isPaused: told.paused,
      limit,
      configuredLimit: dailyBudget,
      ceiling,
      isCeilingSet,
      limitOverCeiling: told.budget?.day === day ? told.overCeiling : undefined,
      stoppedBy: told.paused ? 'paused' : stopIn(amounts, dearestMicroUsd),
      used: usage.pictures,
      reserved: usage.reserved,
      opening: this.#opening(limit, day, now),
      resetsAt: startOf(day) + DAY_MS,
      dearestMicroUsd,
      history,
    };
  }

  #opening(limit: number, day: Day, now: number): BudgetReport['opening'] {
    const { opensOverHours } = this.#deps.settings;
    if (opensOverHours === 0) return undefined;
    const opening = openingOf(day, now, opensOverHours);
    return { pictures: openPictures(limit, opening), nextAt: opening.nextAt };
  }
}

/** A call needs its maximum price to be available, as in the ledger. */
function stopIn(
  { remaining, today, month }: Pick<BudgetReport, 'remaining' | 'today' | 'month'>,
  dearestMicroUsd: number,
): BudgetStop | undefined {
  const isOver = ({ costMicroUsd, limitMicroUsd }: BudgetReport['today']) =>
    limitMicroUsd !== undefined &&
    (limitMicroUsd === 0 || costMicroUsd + dearestMicroUsd > limitMicroUsd);
  if (isOver(month)) return 'dollars_month';
  if (isOver(today)) return 'dollars_today';
  return remaining < 1 ? 'pictures' : undefined;
}
