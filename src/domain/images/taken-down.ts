import type { ObjectStore } from '../storage/object-store.ts';
import type { VisibilityFolders } from './image-visibility.ts';

/**
 * Whether the owner has hidden or deleted a picture. Before anything else of it goes, this says so.
 *
 * @param datedKey its PNG's in the pool
 * @throws CafeError `storage_unavailable`
 */
export async function isTakenDown(
  store: ObjectStore,
  folders: VisibilityFolders,
  datedKey: string,
): Promise<boolean> {
  // One after the other: that it is deleted is written down before the hidden one goes.
  for (const visibility of ['hidden', 'erased'] as const) {
    if (await store.head(folders.moved(datedKey, 'pool', visibility))) return true;
  }
  return false;
}
