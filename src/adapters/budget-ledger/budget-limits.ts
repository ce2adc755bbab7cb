import { openingOf, openMicroUsd, openPictures } from '../../domain/budget/budget-schedule.ts';
import {
  budgetOf,
  type ControlState,
  type SpendingControl,
} from '../../domain/budget/spending-control.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import type { Amounts } from './days/day-counter.ts';

/** A change made on another replica may take this long to be seen by `recent`. */
const FRESH_MS = 5000;

interface BudgetLimitsDeps {
  configured: Amounts;
  control: Pick<SpendingControl, 'read' | 'changes'> | undefined;
  share: number;
  overHours: number;
  clock: Clock;
}

/** The limits as they are configured. */
interface ConfiguredLimits {
  /** Pictures per UTC day. */
  dailyLimit: number;
  /** Millionths of a US dollar per UTC day; no limit if absent. */
  dailyMicroUsd?: number | undefined;
  /** Millionths of a US dollar per calendar month in UTC; no limit if absent. */
  monthlyMicroUsd?: number | undefined;
  /** The owner's settings for all replicas; if absent, the limits never change. */
  control?: Pick<SpendingControl, 'read' | 'changes'> | undefined;
  /** The part of a day's limits that may be used, more than 0 and at most 1. Default: 1. */
  share?: number;
  /** Hourly pacing: the hours over which a day's limits become available. Default: 0, all at once. */
  overHours?: number;
  clock: Clock;
}

/**
 * The limits that currently apply: the configured ones, changed by the owner's spending control (if there
 * is one), reduced by the replica's share and by hourly pacing.
 */
export class BudgetLimits {
  readonly #deps: BudgetLimitsDeps;
  #state: ControlState = { paused: false, budget: undefined };
  #readAt = Number.NEGATIVE_INFINITY;
  /** How many changes the spending control had made at the last read. */
  #changes = 0;
  /** The last read, in progress or finished. */
  #reading: Promise<void> = Promise.resolve();

  constructor({
    dailyLimit,
    dailyMicroUsd = Number.POSITIVE_INFINITY,
    monthlyMicroUsd = Number.POSITIVE_INFINITY,
    control,
    share = 1,
    overHours = 0,
    clock,
  }: ConfiguredLimits) {
    const configured = {
      pictures: dailyLimit,
      dayMicroUsd: dailyMicroUsd,
      monthMicroUsd: monthlyMicroUsd,
    };
    this.#deps = { configured, control, share, overHours, clock };
  }

  /** The limits according to the last read. */
  of(day: Day): Amounts {
    const { configured, share, overHours, clock } = this.#deps;
    if (this.#state.paused) return { ...configured, pictures: 0 };
    const pictures = Math.floor(budgetOf(day, this.#state, configured.pictures) * share);
    const dayMicroUsd = Math.floor(configured.dayMicroUsd * share);
    const { monthMicroUsd } = configured;
    if (overHours === 0) return { pictures, dayMicroUsd, monthMicroUsd };
    const opening = openingOf(day, clock.now(), overHours);
    return {
      pictures: openPictures(pictures, opening),
      dayMicroUsd: openMicroUsd(dayMicroUsd, opening),
      monthMicroUsd,
    };
  }

  /**
   * The current limits. Reads the spending control, if there is one.
   *
   * @param read how to read it, by default on its own
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  async read(day: Day, read?: () => Promise<ControlState>): Promise<Amounts> {
    const { control, clock } = this.#deps;
    if (!control) return this.of(day);
    this.#readAt = clock.monotonic();
    this.#changes = control.changes;
    this.#reading = this.#take(read ? read() : control.read());
    await this.#reading;
    return this.of(day);
  }

  /** The limits of the last few seconds. Usually makes no request. */
  async recent(day: Day): Promise<Amounts> {
    const { control, clock } = this.#deps;
    const isOld = clock.monotonic() - this.#readAt >= FRESH_MS;
    if (isOld || (control && control.changes !== this.#changes)) return this.read(day);
    await this.#reading;
    return this.of(day);
  }

  async #take(reading: Promise<ControlState>): Promise<void> {
    try {
      this.#state = await reading;
    } catch (error) {
      this.#readAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }
}

/** Whether nothing can be reserved within these limits. */
export function areZero(limits: Amounts): boolean {
  return Object.values(limits).includes(0);
}
