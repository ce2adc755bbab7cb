import { erasedKey, hiddenKey, pendingKey } from '../hidden-key.ts';
import { datedName, type ImageKeys, type PoolPicture } from '../image-key.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Where a picture's files can be. */
export type Shelf =
  /** In the pool, where everybody can load them. */
  | 'pool'
  /** Taken down by the owner. */
  | 'hidden'
  /** Not approved by the owner yet. */
  | 'pending';

/** The files of pictures, each PNG with its renditions, on the shelves that there are. */
export class PictureFiles {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #recordsPrefix: string;

  constructor(deps: { store: ObjectStore; keys: ImageKeys; recordsPrefix: string }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#recordsPrefix = deps.recordsPrefix;
  }

  /**
   * The PNG last: as long as it is there, the picture is known to be. Whether it was there.
   *
   * @throws CafeError `storage_unavailable`; doing it again completes it
   */
  async move(picture: PoolPicture, from: Shelf, to: Shelf): Promise<boolean> {
    const [stem, target] = [this.#stem(picture, from), this.#stem(picture, to)];
    const files = await this.#filesOf(stem);
    for (const key of files) {
      await this.#copyFile(key, target + key.slice(stem.length));
      await this.#store.delete(key);
    }
    return files.includes(`${stem}png`);
  }

  /** @throws CafeError `storage_unavailable`; doing it again completes it */
  async copy(picture: PoolPicture, from: Shelf, to: Shelf): Promise<void> {
    const [stem, target] = [this.#stem(picture, from), this.#stem(picture, to)];
    for (const key of await this.#filesOf(stem)) {
      await this.#copyFile(key, target + key.slice(stem.length));
    }
  }

  /** @throws CafeError `storage_unavailable`; doing it again completes it */
  async delete(picture: PoolPicture, shelf: Shelf): Promise<void> {
    for (const key of await this.#filesOf(this.#stem(picture, shelf))) {
      await this.#store.delete(key);
    }
  }

  /**
   * Deletes a hidden picture for good. That it was is written first, so that nobody who still holds it,
   * because the store did not take it once, puts it back.
   *
   * @throws CafeError `storage_unavailable`; doing it again completes it
   */
  async erase(picture: PoolPicture): Promise<void> {
    const key = this.#erasedKey(picture);
    await this.#store.put(key, new Uint8Array(), { contentType: 'text/plain' });
    await this.delete(picture, 'hidden');
  }

  /**
   * Whether it was begun to {@link erase} a picture.
   *
   * @throws CafeError `storage_unavailable`
   */
  async isErased(picture: PoolPicture): Promise<boolean> {
    return (await this.#store.head(this.#erasedKey(picture))) !== undefined;
  }

  async #copyFile(from: string, to: string): Promise<void> {
    const head = await this.#store.head(from);
    if (!head) return;
    const { contentType, cacheControl, metadata } = head;
    const labels = { contentType, metadata, ...(cacheControl ? { cacheControl } : {}) };
    await this.#store.copy(from, to, labels);
  }

  async #filesOf(stem: string): Promise<string[]> {
    const keys = (await Array.fromAsync(this.#store.list(stem))).map(({ key }) => key);
    const isPng = (key: string) => (key === `${stem}png` ? 1 : 0);
    return keys.toSorted((a, b) => isPng(a) - isPng(b));
  }

  #erasedKey({ day, id, country }: PoolPicture): string {
    return erasedKey(this.#recordsPrefix, day, `${datedName(id, country)}.png`);
  }

  /** Begins the keys of the picture and of its renditions, and no other's. */
  #stem({ day, id, country }: PoolPicture, shelf: Shelf): string {
    const file = `${datedName(id, country)}.`;
    if (shelf === 'pool') return this.#keys.dayPrefix(day) + file;
    return (shelf === 'hidden' ? hiddenKey : pendingKey)(this.#recordsPrefix, day, file);
  }
}
