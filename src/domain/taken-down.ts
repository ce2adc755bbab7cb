import { erasedPrefix, hiddenPrefix } from './hidden-key.ts';
import type { ObjectStore } from './ports/object-store.ts';

/**
 * Whether the owner has hidden or deleted a picture. Before anything else of it goes, this says so.
 *
 * @param name its key in the pool, without the public prefix
 * @throws CafeError `storage_unavailable`
 */
export async function isTakenDown(
  store: ObjectStore,
  recordsPrefix: string,
  name: string,
): Promise<boolean> {
  // One after the other: that it is deleted is written down before the hidden one goes.
  for (const prefix of [hiddenPrefix, erasedPrefix]) {
    if (await store.head(prefix(recordsPrefix) + name)) return true;
  }
  return false;
}
