import type { Day } from '../kernel/day.ts';
import type { GenerationDraft, GenerationOutcome } from './generation-record.ts';

/** The right to make one paid call. */
export interface Reservation {
  /**
   * A lower-case UUID, under which the reservation is written and its picture belongs: the draft's, or a
   * new one where that was written and withdrawn before. No id is written a second time, as the store
   * may carry out a deletion late.
   */
  readonly id: string;
  /**
   * Writes down how the call ended. `refused` gives the unit back; `spent` and `unknown` keep it.
   * The first call decides; what a failed settling leaves behind still counts as spent.
   */
  settle(outcome: GenerationOutcome): Promise<void>;
}

/**
 * The budget: pictures of a UTC day, and where the owner set them, dollars of a day and of a month.
 *
 * What is used of a day is the union of the PNG objects under its prefix in the store, whoever put
 * them there, and its reservations that were not given back. In dollars a reservation counts what is
 * set aside for it until it is settled, then what it cost; a PNG that nobody reserved counts as much
 * as the call that asks, on its own day and in no month after that. Of any number of concurrent calls
 * with k units left, exactly k get a reservation; over several replicas on one store, never more than
 * k, and all k while demand goes on. A reservation is written down before `reserve` resolves, and
 * outlives the process. A budget of 0 grants nothing and makes no call. Where the owner changes a
 * day's number of pictures or pauses it all, less holds for all replicas from that moment on, and more
 * within seconds. A day's limits may open by the hour; then what is open is what may be used. Where the
 * count cannot be established, or the store is in doubt (see `ObjectStore.doubt`), `reserve` throws `CafeError('storage_unavailable')`: nothing is granted
 * blind.
 */
export interface BudgetLedger {
  /** `undefined` where the budget of the draft's day or month is used up. */
  reserve(draft: GenerationDraft): Promise<Reservation | undefined>;

  /**
   * Whether a day is known to be used up for good, or nothing may be bought until the owner says
   * otherwise or a further part of the day opens. Waits for no call; `false` says nothing.
   */
  isSpent(day: Day): boolean;
}
