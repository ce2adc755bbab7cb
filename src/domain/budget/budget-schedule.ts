import { type Day, startOf } from '../kernel/day.ts';

const HOUR_MS = 3_600_000;

/** How much of a day's budget readers may use by now, in equal parts. */
export interface BudgetSchedule {
  open: number;
  of: number;
  /** Milliseconds since the Unix epoch; `undefined` where all parts are open. */
  nextAt: number | undefined;
}

/**
 * The first part is open from the day's beginning, whatever a clock that went back says, and one more
 * from each full hour on; all of a day that is over.
 *
 * @param now milliseconds since the Unix epoch
 * @param overHours how many parts there are, from 1 to 24; 0 for all at once
 */
export function openingOf(day: Day, now: number, overHours: number): BudgetSchedule {
  const of = Math.max(1, overHours);
  const begin = startOf(day);
  const hour = Math.max(0, Math.floor((now - begin) / HOUR_MS));
  const open = Math.min(of, hour + 1);
  return { open, of, nextAt: open < of ? begin + open * HOUR_MS : undefined };
}

/** Of so many pictures a day, those that are open: rounded up, so that the first part has one. */
export function openPictures(pictures: number, { open, of }: BudgetSchedule): number {
  return Math.ceil((pictures * open) / of);
}

/** Of so many millionths of a US dollar a day, those that are open. */
export function openMicroUsd(microUsd: number, { open, of }: BudgetSchedule): number {
  return Math.floor((microUsd * open) / of);
}
