import type { Day } from '../../../domain/kernel/day.ts';
import type { RecordKey } from '../records/record-key.ts';
import type { Amounts } from './amounts.ts';
import type { DayRecords } from './day-records.ts';

/** What was found in the store. */
export interface Findings {
  /** The day that is counted. */
  day: Day;
  /** The names of its PNGs, listed before the records: one that was not there yet has its record. */
  pictures: ReadonlySet<string>;
  /** The records of the day, or of its whole month where that has a limit. */
  days: ReadonlyMap<Day, DayRecords>;
  /** Millionths of a US dollar that a PNG without a record counts for. */
  priceMicroUsd: number;
}

/**
 * What the day, and its month, have used by those reservations that `counts` lets through and by all
 * that is decided. A closed day has no end of pictures: nothing ever fits into it again.
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

/** Whether the record of a picture tells what it cost, or may cost. */
function isPaid({ records }: DayRecords, name: string): boolean {
  const record = records.get(name);
  return record !== undefined && record.state !== 'refused';
}
