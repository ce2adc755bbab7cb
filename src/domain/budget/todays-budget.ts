import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { openingOf } from './budget-schedule.ts';
import type { GenerationHistory } from './generation-history.ts';
import { budgetOf, type SpendingControl } from './spending-control.ts';

/** Today's limits and usage. */
export interface TodaysUsage {
  day: Day;
  /** The owner paused generation for all replicas. */
  isPaused: boolean;
  /** Images; `used` includes reserved ones. */
  limit: number;
  used: number;
  reserved: number;
  left: number;
  /** Millionths of a US dollar; an unsettled reservation counts its reserved amount. */
  costMicroUsd: number;
  /** No limit if absent. */
  limitMicroUsd: number | undefined;
  /** A further part of the day's budget opens later (hourly pacing). */
  isOpening: boolean;
}

/** The configured limits. */
interface Limits {
  /** Images and millionths of a US dollar per UTC day. */
  dailyBudget: number;
  dailyMicroUsd: number | undefined;
  /** Number of hours over which a day's budget opens, one part each hour; 0 for all at once. */
  opensOverHours: number;
}

/** The price of a generation. */
interface GenerationPrice {
  /** Millionths of a US dollar: the maximum. */
  readonly dearestMicroUsd: number;
}

/**
 * How long a reading is reused, including a failed one, so that frequent requests cost no extra
 * calls.
 */
const FRESH_MS = 30_000;

interface Deps {
  history: Pick<GenerationHistory, 'usage'>;
  /** Absent if the budget cannot be changed at run time. */
  control: Pick<SpendingControl, 'read'> | undefined;
  limits: Limits;
  generator: GenerationPrice;
  clock: Clock;
}

/** Today's budget for display. Costs two listings per reading, cached for half a minute. */
export class TodaysBudget {
  readonly #deps: Deps;
  #last: { at: number; reading: Promise<TodaysUsage> } | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The budget as of at most half a minute ago.
   *
   * @throws CafeError `storage_unavailable`
   */
  read(): Promise<TodaysUsage> {
    const now = this.#deps.clock.monotonic();
    if (!this.#last || now - this.#last.at >= FRESH_MS) {
      this.#last = { at: now, reading: this.#count() };
    }
    return this.#last.reading;
  }

  async #count(): Promise<TodaysUsage> {
    const now = this.#deps.clock.now();
    const day = dayAt(now);
    const { dailyBudget, dailyMicroUsd: limitMicroUsd, opensOverHours } = this.#deps.limits;
    const [told, usage] = await Promise.all([
      this.#deps.control?.read(),
      this.#deps.history.usage(day, this.#deps.generator.dearestMicroUsd),
    ]);
    const limit = budgetOf(day, told, dailyBudget);
    const { pictures: used, reserved, costMicroUsd } = usage;
    return {
      day,
      limit,
      used,
      reserved,
      costMicroUsd,
      limitMicroUsd,
      isPaused: told?.paused ?? false,
      left: Math.max(0, limit - used),
      isOpening: openingOf(day, now, opensOverHours).nextAt !== undefined,
    };
  }
}
