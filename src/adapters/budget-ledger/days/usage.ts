import type { Day } from '../../../domain/kernel/day.ts';
import type { RecordKey } from '../records/record-key.ts';
import type { Amounts } from './amounts.ts';
import type { DayRecords } from './day-records.ts';

/** The listed images and records. */
export interface Findings {
  /** The day to count. */
  day: Day;
  /** The names of the day's PNGs, listed before the records. */
  pictures: ReadonlySet<string>;
  /** The records of the day, or of its month if there is a monthly limit. */
  days: ReadonlyMap<Day, DayRecords>;
  /** The assumed cost of a PNG without a record, in millionths of a US dollar. */
  priceMicroUsd: number;
}

/**
 * The usage of the day and its month: everything settled, and the reservations for which `counts` is
 * true. A folded day counts as infinite, so that nothing more is granted for it.
 */
export function usageOf(
  { day, pictures, days, priceMicroUsd }: Findings,
  counts: (reserved: RecordKey) => boolean,
): Amounts {
  const today: DayRecords = days.get(day) ?? { records: new Map(), fold: undefined };
  const names = new Set(pictures);
  for (const record of today.records.values()) if (isUsed(record, counts)) names.add(record.name);
  const unrecorded = priceMicroUsd * [...pictures].filter((name) => !isPaid(today, name)).length;
  let monthMicroUsd = unrecorded;
  for (const each of days.values()) monthMicroUsd += costOf(each, counts);
  return {
    pictures: today.fold ? Number.POSITIVE_INFINITY : names.size,
    dayMicroUsd: unrecorded + costOf(today, counts),
    monthMicroUsd,
  };
}

function costOf({ fold, records }: DayRecords, counts: (reserved: RecordKey) => boolean): number {
  if (fold) return fold.costMicroUsd;
  let cost = 0;
  for (const record of records.values()) if (isUsed(record, counts)) cost += record.costMicroUsd;
  return cost;
}

function isUsed(record: RecordKey, counts: (reserved: RecordKey) => boolean): boolean {
  return record.state === 'reserved' ? counts(record) : record.state !== 'refused';
}

/** Whether the record of an image includes its cost. */
function isPaid({ records }: DayRecords, name: string): boolean {
  const record = records.get(name);
  return record !== undefined && record.state !== 'refused';
}
