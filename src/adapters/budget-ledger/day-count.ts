import type { ObjectStore } from '../../domain/ports/object-store.ts';
import { parseRecordKey } from './record-key.ts';

/** What is used of a day, by the names that a picture and its record share. */
export interface DayCount {
  /** Used for good: pictures that are there, calls that were billed or may have been. */
  decided: ReadonlySet<string>;
  /** Reserved by a call that is under way, or was when its process died. */
  reserved: ReadonlySet<string>;
}

/** Every PNG below the day's prefix counts, whoever put it there and whatever its name. */
export async function picturesOf(store: ObjectStore, dayPrefix: string): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { key } of store.list(dayPrefix)) {
    if (key.endsWith('.png')) names.add(key.slice(dayPrefix.length, -'.png'.length));
  }
  return names;
}

/**
 * The day's count from its pictures, listed before, and its records. In that order nothing slips
 * through: a picture that was not there yet has a record that is.
 */
export async function countDay(
  store: ObjectStore,
  pictures: ReadonlySet<string>,
  recordsPrefix: string,
): Promise<DayCount> {
  const decided = new Set(pictures);
  const reserved = new Set<string>();
  const refused = new Set<string>();
  for await (const { key } of store.list(recordsPrefix)) {
    const record = parseRecordKey(recordsPrefix, key);
    if (record?.state === 'refused') refused.add(record.name);
    else if (record?.state === 'reserved') reserved.add(record.name);
    else if (record) decided.add(record.name);
  }
  // A settled record's first version may still be there: it goes once the second is written.
  return { decided, reserved: reserved.difference(refused).difference(decided) };
}
