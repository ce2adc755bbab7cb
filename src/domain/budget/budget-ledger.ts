import type { Day } from '../kernel/day.ts';
import type { GenerationDraft, GenerationOutcome } from './generation-record.ts';

/** The right to make one paid call. */
export interface Reservation {
  /**
   * A lower-case UUID that names the reservation and its image. It is the draft's id, or a new one
   * if that reservation was written and withdrawn before. No id is written twice, because the store
   * may apply a deletion late.
   */
  readonly id: string;
  /**
   * Records how the call ended. `refused` returns the unit to the budget; `spent` and `unknown`
   * keep it. The first call decides. If settling fails, the reservation still counts as spent.
   */
  settle(outcome: GenerationOutcome): Promise<void>;
}

/**
 * The budget: images per UTC day and, if configured, dollars per day and per month.
 *
 * The usage of a day is the union of two sets: the PNG objects under the day's prefix in the store,
 * also those written by other programs, and the day's reservations that were not returned. In
 * dollars, a reservation counts its reserved amount until it is settled, then its actual cost. A
 * PNG without a reservation counts as much as the requested call. It counts only on its own day and
 * in that day's month.
 *
 * If k units are left, exactly k of any number of concurrent calls get a reservation. Over several
 * replicas on one store, never more than k get one, and all k are granted while demand continues. A
 * reservation is written before `reserve` resolves, and it outlives the process. A budget of 0
 * grants nothing and makes no call. If the owner lowers a day's number of images or pauses
 * generation, that holds for all replicas at once; an increase takes effect within seconds. With
 * hourly pacing, the open part of a day's limits is the limit.
 *
 * A draft with an account also counts against the limits of that account, just as exactly. Only a
 * ledger in a database keeps accounts; any other throws an `Error`.
 *
 * If usage cannot be determined, or the store is in doubt (see `ObjectStore.doubt`), `reserve`
 * throws `CafeError('storage_unavailable')` and grants nothing.
 */
export interface BudgetLedger {
  /** `undefined` if the budget of the draft's day or month is used up. */
  reserve(draft: GenerationDraft): Promise<Reservation | undefined>;

  /**
   * Whether a day's budget is known to be used up for good, or is closed until the owner changes it
   * or the next part of the day opens. Returns without waiting for a call. `false` is no guarantee.
   */
  isSpent(day: Day): boolean;
}
