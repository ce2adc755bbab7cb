import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { openingOf } from './budget-schedule.ts';
import type { GenerationHistory } from './generation-history.ts';
import { budgetOf, type SpendingControl } from './spending-control.ts';

/** What today may use, and what it has used. */
export interface TodaysUsage {
  day: Day;
  /** The owner has told all replicas to buy nothing. */
  isPaused: boolean;
  /** Pictures; those that are reserved are among the used ones. */
  limit: number;
  used: number;
  reserved: number;
  left: number;
  /** Millionths of a US dollar; what is reserved counts with what is set aside for it. */
  costMicroUsd: number;
  /** No limit where absent. */
  limitMicroUsd: number | undefined;
  /** More of it opens to readers later on. */
  isOpening: boolean;
}

/** As configured. */
interface Limits {
  /** Pictures and millionths of a US dollar per UTC day. */
  dailyBudget: number;
  dailyMicroUsd: number | undefined;
  /** In how many hours a day opens to readers, a part at each; 0 for all at once. */
  opensOverHours: number;
}

/** What a generation can cost. */
interface GenerationPrice {
  /** Millionths of a US dollar: the most. */
  readonly dearestMicroUsd: number;
}

/** How long a reading is good for, a failed one too: whoever asks every second costs no more. */
const FRESH_MS = 30_000;

/** Today's budget for those who only want to know, at the cost of two listings now and then. */
export class TodaysBudget {
  readonly #history: Pick<GenerationHistory, 'usage'>;
  readonly #control: Pick<SpendingControl, 'read'> | undefined;
  readonly #limits: Limits;
  readonly #generator: GenerationPrice;
  readonly #clock: Clock;
  #last: { at: number; reading: Promise<TodaysUsage> } | undefined;

  constructor(deps: {
    history: Pick<GenerationHistory, 'usage'>;
    /** Absent where nobody can change a budget. */
    control: Pick<SpendingControl, 'read'> | undefined;
    limits: Limits;
    generator: GenerationPrice;
    clock: Clock;
  }) {
    this.#history = deps.history;
    this.#control = deps.control;
    this.#limits = deps.limits;
    this.#generator = deps.generator;
    this.#clock = deps.clock;
  }

  /**
   * As it was at most half a minute ago.
   *
   * @throws CafeError `storage_unavailable`
   */
  read(): Promise<TodaysUsage> {
    const now = this.#clock.monotonic();
    if (!this.#last || now - this.#last.at >= FRESH_MS) {
      this.#last = { at: now, reading: this.#count() };
    }
    return this.#last.reading;
  }

  async #count(): Promise<TodaysUsage> {
    const now = this.#clock.now();
    const day = dayAt(now);
    const { dailyBudget, dailyMicroUsd: limitMicroUsd, opensOverHours } = this.#limits;
    const [told, usage] = await Promise.all([
      this.#control?.read(),
      this.#history.usage(day, this.#generator.dearestMicroUsd),
    ]);
    const limit = budgetOf(day, told, dailyBudget);
    const { pictures: used, reserved, costMicroUsd } = usage;
    return {
      ...{ day, limit, used, reserved, costMicroUsd, limitMicroUsd },
      isPaused: told?.paused ?? false,
      left: Math.max(0, limit - used),
      isOpening: openingOf(day, now, opensOverHours).nextAt !== undefined,
    };
  }
}
