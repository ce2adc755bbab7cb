import type { Day } from '../../domain/kernel/day.ts';
import { addRecord, type DayRecords } from './days/day-records.ts';
import type { RecordKey } from './records/record-key.ts';

/** Two around midnight, more if the clock jumps. */
const DAYS_KNOWN = 4;

/**
 * The records that this process has written, by day. They are added to every listing, because a listing
 * may lag behind. Shared by all ledgers of a process.
 */
export class OwnRecords {
  readonly #days = new Map<Day, Map<string, RecordKey>>();

  /** Call once the store has confirmed the write. */
  written(record: RecordKey): void {
    const known = this.#days.get(record.day);
    if (known) known.set(record.name, record);
    else this.#days.set(record.day, new Map([[record.name, record]]));
    const [first] = this.#days.keys();
    if (first && this.#days.size > DAYS_KNOWN) this.#days.delete(first);
  }

  /** Call once the store has confirmed the deletion. A listing may still show the record. */
  withdrawn(day: Day, name: string): void {
    this.written({ day, name, state: 'refused', costMicroUsd: 0 });
  }

  /** Adds the records of the days for which `concerns` is true. */
  addTo(days: Map<Day, DayRecords>, concerns: (day: Day) => boolean): void {
    for (const [day, records] of this.#days) {
      if (!concerns(day)) continue;
      const listed = days.get(day) ?? { records: new Map(), fold: undefined };
      days.set(day, listed);
      for (const record of records.values()) addRecord(listed, record);
    }
  }
}
