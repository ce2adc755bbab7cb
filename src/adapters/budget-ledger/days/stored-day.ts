import type { Day } from '../../../domain/kernel/day.ts';
import { type ImageKeys, pictureNamed } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { dayPrefix, listRecords } from '../records/listed-records.ts';
import { picturesOf } from './day-counter.ts';

/** What the store has of a generation. */
export interface StoredGeneration {
  /** `undefined` for a PNG that another program named. */
  id: string | undefined;
  /** Millionths of a US dollar according to a record in the store; `undefined` without one. */
  costMicroUsd: number | undefined;
}

/** What counts for a day in the store: its PNGs and its records, each generation once. */
export interface StoredDay {
  generations: StoredGeneration[];
  /** The records are folded: the day is over, and grants nothing more. */
  isFolded: boolean;
}

/**
 * Lists a day's PNGs and records.
 *
 * The PNGs come first, so nothing is missed: an image stored later already has its record.
 */
export async function listStoredDay(
  stock: { store: ObjectStore; keys: ImageKeys; recordsPrefix: string },
  day: Day,
): Promise<StoredDay> {
  const { store, keys, recordsPrefix } = stock;
  const names = await picturesOf(store, keys, day);
  const days = await listRecords(store, recordsPrefix, dayPrefix(recordsPrefix, day));
  const { records, fold } = days.get(day) ?? { records: new Map(), fold: undefined };
  for (const { name, state } of records.values()) if (state !== 'refused') names.add(name);
  const generations = [...names].map((name) => {
    const record = records.get(name);
    return {
      id: pictureNamed(`${day}/${name}`)?.id,
      costMicroUsd: record && record.state !== 'refused' ? record.costMicroUsd : undefined,
    };
  });
  return { generations, isFolded: fold !== undefined };
}
