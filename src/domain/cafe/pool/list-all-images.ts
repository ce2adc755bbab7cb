import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { RandomOne } from './random-one.ts';

/**
 * The last resort where no picture of the dated pool is known: tells `found` of all there are, and
 * only where there are none gives the key of a random page's picture.
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
    // Days are listed before `page-cache`, of which there may be far more and nothing is needed now.
    if (parsed.kind === 'page' && foundOne) break;
    if (parsed.kind === 'page') placed.offer(key);
    else if (parsed.kind === 'dated') {
      foundOne = true;
      found(parsed);
    }
  }
  return placed.chosen;
}
