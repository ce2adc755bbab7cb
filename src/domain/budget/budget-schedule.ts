import { type Day, startOf } from '../kernel/day.ts';

const HOUR_MS = 3_600_000;

/** How much of a day's budget is open to readers now, in equal parts. */
export interface BudgetSchedule {
  open: number;
  of: number;
  /** Milliseconds since the Unix epoch; `undefined` if all parts are open. */
  nextAt: number | undefined;
}

/**
 * The first part is open from the start of the day, even if the clock goes back. Each full hour
 * opens one more. A past day is fully open.
 *
 * @param now milliseconds since the Unix epoch
 * @param overHours number of parts, from 1 to 24; 0 opens all at once
 */
export function openingOf(day: Day, now: number, overHours: number): BudgetSchedule {
  const of = Math.max(1, overHours);
  const begin = startOf(day);
  const hour = Math.max(0, Math.floor((now - begin) / HOUR_MS));
  const open = Math.min(of, hour + 1);
  return { open, of, nextAt: open < of ? begin + open * HOUR_MS : undefined };
}

/** The open share of a day's images, rounded up so that the first part has at least one. */
export function openPictures(pictures: number, { open, of }: BudgetSchedule): number {
  return Math.ceil((pictures * open) / of);
}

/** The open share of a day's limit, in millionths of a US dollar. */
export function openMicroUsd(microUsd: number, { open, of }: BudgetSchedule): number {
  return Math.floor((microUsd * open) / of);
}
