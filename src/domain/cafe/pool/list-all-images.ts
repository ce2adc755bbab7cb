import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { RandomOne } from './random-one.ts';

/**
 * The last resort if no dated pool image is known. Calls `found` for every dated image. Only if
 * there is none, returns the key of a random page's image.
 */
export async function listAllImages(
  store: ObjectStore,
  keys: ImageKeys,
  found: (picture: PoolImage) => void,
): Promise<string | undefined> {
  const placed = new RandomOne<string>();
  let foundOne = false;
  for await (const { key, size } of store.list(keys.root)) {
    const parsed = keys.parse(key);
    if (!parsed || size === 0) continue;
    // Days come before `page-cache`, which may be far larger and is not needed once an image was
    // found.
    if (parsed.kind === 'page' && foundOne) break;
    if (parsed.kind === 'page') placed.offer(key);
    else if (parsed.kind === 'dated') {
      foundOne = true;
      found(parsed);
    }
  }
  return placed.chosen;
}
