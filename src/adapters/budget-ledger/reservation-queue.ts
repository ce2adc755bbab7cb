import { randomInt } from 'node:crypto';
import type { Reservation } from '../../domain/budget/budget-ledger.ts';
import type { GenerationDraft } from '../../domain/budget/generation-record.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import { type Amounts, fits, isExceeded, withOneLess, withOneMore } from './days/amounts.ts';

/** How often a caller that met other replicas at the last of a budget is served again. */
const MAX_TIES = 6;
/** Milliseconds until then, so that one counts while others wait; the most doubles each time. */
const TIE_PAUSE_MS = { least: 50, most: 250, doublings: 3 };

/** A caller that asks for a reservation. */
export interface Waiter {
  /** With an id that was never written. */
  draft: GenerationDraft;
  /** How often it met other replicas. */
  ties: number;
  resolve(reservation: Reservation | undefined): void;
  reject(error: unknown): void;
}

type ServeBatch = (day: Day, batch: Waiter[]) => Promise<void>;

/** Callers in their order, served one batch after the other, each batch for one day. */
export class ReservationQueue {
  readonly #clock: Clock;
  readonly #serveBatch: ServeBatch;
  #waiting: Waiter[] = [];
  #serving = false;

  /** @param serveBatch answers its callers or sends them back; where it fails they all hear of it */
  constructor(clock: Clock, serveBatch: ServeBatch) {
    this.#clock = clock;
    this.#serveBatch = serveBatch;
  }

  join(draft: GenerationDraft): Promise<Reservation | undefined> {
    return new Promise((resolve, reject) => this.back([{ draft, ties: 0, resolve, reject }]));
  }

  /** To the end of the line. */
  back(waiters: readonly Waiter[]): void {
    this.#waiting.push(...waiters);
    if (!this.#serving) void this.#serve();
  }

  /** To the end of the line after a pause of random length; `undefined` for who has had enough. */
  backLater(waiters: readonly Waiter[]): void {
    const again = waiters.filter(({ ties }) => ties < MAX_TIES);
    for (const waiter of waiters) if (!again.includes(waiter)) waiter.resolve(undefined);
    if (again.length === 0) return;
    const ties = Math.min(TIE_PAUSE_MS.doublings, ...again.map((waiter) => waiter.ties));
    for (const waiter of again) waiter.ties += 1;
    const pause = randomInt(TIE_PAUSE_MS.least, TIE_PAUSE_MS.most * 2 ** ties);
    void this.#clock.sleep(pause).then(() => this.back(again));
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      const { day } = next.draft;
      const batch = this.#waiting.filter(({ draft }) => draft.day === day);
      this.#waiting = this.#waiting.filter(({ draft }) => draft.day !== day);
      // Whoever has an answer by then keeps it: a promise settles once.
      await this.#serveBatch(day, batch).catch((error: unknown) => {
        for (const waiter of batch) waiter.reject(error);
      });
    }
    this.#serving = false;
  }
}

/** The first callers, one after the other, as far as they fit into what is left. */
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

/** How many of those who are counted in `left` must go again, the last ones first. */
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
