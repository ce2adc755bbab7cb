import type { Day } from '../../../domain/kernel/day.ts';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';

/** The names of the day's PNGs. Every PNG counts, even one that the service did not write. */
export async function picturesOf(
  store: ObjectStore,
  keys: ImageKeys,
  day: Day,
): Promise<Set<string>> {
  const prefix = keys.dayPrefix(day);
  const names = new Set<string>();
  for await (const { key } of store.list(prefix)) {
    if (key.endsWith('.png')) names.add(key.slice(prefix.length, -'.png'.length));
  }
  return names;
}
