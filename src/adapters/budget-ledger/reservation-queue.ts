import { randomInt } from 'node:crypto';
import type { Reservation } from '../../domain/budget/budget-ledger.ts';
import type { GenerationDraft } from '../../domain/budget/generation-record.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import { type Amounts, fits, isExceeded, withOneLess, withOneMore } from './days/day-counter.ts';

/** How often a caller is served again after competing with other replicas for the rest of a budget. */
const MAX_TIES = 6;
/** Random pause in milliseconds before each retry. The maximum doubles each time. */
const TIE_PAUSE_MS = { min: 50, max: 250, doublings: 3 };

/** A caller that waits for a reservation. */
export interface Waiter {
  /** With an ID that was never written. */
  draft: GenerationDraft;
  /** How often it competed with other replicas. */
  ties: number;
  resolve(reservation: Reservation | undefined): void;
  reject(error: unknown): void;
}

type ServeBatch = (day: Day, batch: Waiter[]) => Promise<void>;

/** A first-in, first-out queue, served in batches for one day each. */
export class ReservationQueue {
  readonly #clock: Clock;
  readonly #serveBatch: ServeBatch;
  #waiting: Waiter[] = [];
  #serving = false;

  /**
   * @param serveBatch resolves its callers or puts them back into the queue; if it rejects, the callers get
   * that error
   */
  constructor(clock: Clock, serveBatch: ServeBatch) {
    this.#clock = clock;
    this.#serveBatch = serveBatch;
  }

  join(draft: GenerationDraft): Promise<Reservation | undefined> {
    return new Promise((resolve, reject) => this.back([{ draft, ties: 0, resolve, reject }]));
  }

  /** Puts callers at the end of the queue. */
  back(waiters: readonly Waiter[]): void {
    this.#waiting.push(...waiters);
    if (!this.#serving) void this.#serve();
  }

  /** Puts callers at the end of the queue after a random pause. Gives up on those with too many retries. */
  backLater(waiters: readonly Waiter[]): void {
    const again = waiters.filter(({ ties }) => ties < MAX_TIES);
    for (const waiter of waiters) if (!again.includes(waiter)) waiter.resolve(undefined);
    if (again.length === 0) return;
    const ties = Math.min(TIE_PAUSE_MS.doublings, ...again.map((waiter) => waiter.ties));
    for (const waiter of again) waiter.ties += 1;
    const pause = randomInt(TIE_PAUSE_MS.min, TIE_PAUSE_MS.max * 2 ** ties);
    void this.#clock.sleep(pause).then(() => this.back(again));
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      const { day } = next.draft;
      const batch = this.#waiting.filter(({ draft }) => draft.day === day);
      this.#waiting = this.#waiting.filter(({ draft }) => draft.day !== day);
      // Callers that are already resolved are not affected: a promise settles once.
      await this.#serveBatch(day, batch).catch((error: unknown) => {
        for (const waiter of batch) waiter.reject(error);
      });
    }
    this.#serving = false;
  }
}

/** The callers that fit into the remaining budget, considered in order. */
export function thoseWhoFit(left: Amounts, waiters: readonly Waiter[]): Set<Waiter> {
  const admitted = new Set<Waiter>();
  let rest = left;
  for (const waiter of waiters) {
    const { reservedMicroUsd } = waiter.draft;
    if (!fits(rest, reservedMicroUsd)) continue;
    admitted.add(waiter);
    rest = withOneMore(rest, reservedMicroUsd);
  }
  return admitted;
}

/** How many callers, from the end, must be withdrawn so that `left` is no longer exceeded. */
export function countTooMany(left: Amounts, waiters: readonly Waiter[]): number {
  let rest = left;
  let tooMany = 0;
  for (const { draft } of waiters.toReversed()) {
    if (!isExceeded(rest)) break;
    rest = withOneLess(rest, draft.reservedMicroUsd);
    tooMany += 1;
  }
  return tooMany;
}
