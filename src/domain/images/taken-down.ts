import type { ObjectStore } from '../storage/object-store.ts';
import type { VisibilityFolders } from './image-visibility.ts';

/**
 * Whether the owner has hidden or deleted an image. True before any other file of the image is
 * removed.
 *
 * @param datedKey key of its PNG in the pool
 * @throws CafeError `storage_unavailable`
 */
export async function isTakenDown(
  store: ObjectStore,
  folders: VisibilityFolders,
  datedKey: string,
): Promise<boolean> {
  // In this order: the tombstone is written before the hidden image is deleted.
  for (const visibility of ['hidden', 'erased'] as const) {
    if (await store.head(folders.moved(datedKey, 'pool', visibility))) return true;
  }
  return false;
}
