import type { Day } from '../../../domain/kernel/day.ts';
import type { CountedRows } from '../../postgres/budget-rows.ts';
import { type Amounts, fits, leftOf, withOneMore } from '../days/day-counter.ts';
import type { StoredGeneration } from '../days/stored-day.ts';
import type { Waiter } from '../reservation-queue.ts';

/** What is known while the month is locked. */
export interface Findings {
  day: Day;
  limits: Amounts;
  rows: CountedRows;
  /** Generations that only the store has. */
  unrecorded: readonly StoredGeneration[];
  /** The store says that the day is over. */
  isFolded: boolean;
  /** The ids of reservations whose process has crashed. */
  lost: ReadonlySet<string>;
}

/** Those whose calls fit beside everything that is counted, considered in order. */
export function admit(findings: Findings, waiters: readonly Waiter[]): Waiter[] {
  const { limits, rows } = findings;
  let left = leftOf(limits, rows);
  return waiters.filter(({ draft }) => {
    const price = draft.reservedMicroUsd;
    if (!fits(leftOf(left, unrecordedAt(findings, price)), price)) return false;
    left = withOneMore(left, price);
    return true;
  });
}

/**
 * The price in millionths of a US dollar from which no call can ever fit again under these limits, because
 * what is settled or lost already leaves no room. `Infinity` if unknown.
 */
export function fullFrom(findings: Findings, waiters: readonly Waiter[]): number {
  const { day, limits, rows, lost } = findings;
  const mayReturn = rows.reserved.filter(({ id }) => !lost.has(id));
  const ofDay = mayReturn.filter((reserved) => reserved.day === day);
  const final = leftOf(rows, {
    pictures: ofDay.length,
    dayMicroUsd: costOf(ofDay),
    monthMicroUsd: costOf(mayReturn),
  });
  const left = leftOf(limits, final);
  const neverFits = (price: number) => !fits(leftOf(left, unrecordedAt(findings, price)), price);
  const dearest = Math.max(0, ...waiters.map(({ draft }) => draft.reservedMicroUsd));
  return [0, dearest].find(neverFits) ?? Number.POSITIVE_INFINITY;
}

/** A generation whose cost is unknown counts the price of the call that asks. */
function unrecordedAt({ unrecorded, isFolded }: Findings, price: number): Amounts {
  const cost = unrecorded.reduce((sum, { costMicroUsd = price }) => sum + costMicroUsd, 0);
  const pictures = isFolded ? Number.POSITIVE_INFINITY : unrecorded.length;
  return { pictures, dayMicroUsd: cost, monthMicroUsd: cost };
}

function costOf(reserved: readonly { costMicroUsd: number }[]): number {
  return reserved.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
}
