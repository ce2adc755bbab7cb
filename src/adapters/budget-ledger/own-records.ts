import type { Day } from '../../domain/kernel/day.ts';
import { addRecord, type DayRecords } from './days/day-records.ts';
import type { RecordKey } from './records/record-key.ts';

/** Around midnight there are two; a clock that jumps has more. */
const DAYS_KNOWN = 4;

/**
 * What this process has written of each day. It is added to what is listed, so that listings which are
 * behind never hide a process's own purchases from it. Shared by all ledgers of a process.
 */
export class OwnRecords {
  readonly #days = new Map<Day, Map<string, RecordKey>>();

  /** The store has confirmed that it wrote the record. */
  written(record: RecordKey): void {
    const known = this.#days.get(record.day);
    if (known) known.set(record.name, record);
    else this.#days.set(record.day, new Map([[record.name, record]]));
    const [first] = this.#days.keys();
    if (first && this.#days.size > DAYS_KNOWN) this.#days.delete(first);
  }

  /** The store has confirmed that it deleted the reservation. A listing may show it all the same. */
  withdrawn(day: Day, name: string): void {
    this.written({ day, name, state: 'refused', costMicroUsd: 0 });
  }

  /** Adds those of the days that `concerns` lets through. */
  addTo(days: Map<Day, DayRecords>, concerns: (day: Day) => boolean): void {
    for (const [day, records] of this.#days) {
      if (!concerns(day)) continue;
      const listed = days.get(day) ?? { records: new Map(), fold: undefined };
      days.set(day, listed);
      for (const record of records.values()) addRecord(listed, record);
    }
  }
}
