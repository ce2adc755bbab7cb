import {
  type ImageKeys,
  type PoolImage,
  poolName,
  type RenditionForm,
} from '../storage/image-keys.ts';
import { labelsIn } from '../storage/object-labels.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Visibility, VisibilityFolders } from './image-visibility.ts';

/** Where pictures are that nobody sees: what is in both places is hidden. */
const OUT_OF_SIGHT = ['hidden', 'pending'] as const;

/** The files of pictures, each PNG with its renditions, in the folder of each visibility. */
export class ImageFiles {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #folders: VisibilityFolders;

  constructor(deps: { store: ObjectStore; keys: ImageKeys; recordsPrefix: string }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#folders = new VisibilityFolders(deps);
  }

  /**
   * The PNG last: as long as it is there, the picture is known to be. Whether it was there.
   *
   * @throws CafeError `storage_unavailable`; doing it again completes it
   */
  async move(picture: PoolImage, from: Visibility, to: Visibility): Promise<boolean> {
    const files = await this.#filesOf(picture, from);
    for (const key of files) {
      await this.#copyFile(key, this.#folders.moved(key, from, to));
      await this.#store.delete(key);
    }
    return files.some((key) => key.endsWith('.png'));
  }

  /** @throws CafeError `storage_unavailable`; doing it again completes it */
  async copy(picture: PoolImage, from: Visibility, to: Visibility): Promise<void> {
    for (const key of await this.#filesOf(picture, from)) {
      await this.#copyFile(key, this.#folders.moved(key, from, to));
    }
  }

  /** @throws CafeError `storage_unavailable`; doing it again completes it */
  async delete(picture: PoolImage, visibility: Visibility): Promise<void> {
    for (const key of await this.#filesOf(picture, visibility)) {
      await this.#store.delete(key);
    }
  }

  /**
   * Deletes a hidden picture for good. That it was is written first, so that nobody who still holds it,
   * because the store did not take it once, puts it back.
   *
   * @throws CafeError `storage_unavailable`; doing it again completes it
   */
  async erase(picture: PoolImage): Promise<void> {
    const key = this.#erasedKey(picture);
    await this.#store.put(key, new Uint8Array(), { contentType: 'text/plain' });
    await this.delete(picture, 'hidden');
  }

  /**
   * Whether it was begun to {@link erase} a picture.
   *
   * @throws CafeError `storage_unavailable`
   */
  async isErased(picture: PoolImage): Promise<boolean> {
    return (await this.#store.head(this.#erasedKey(picture))) !== undefined;
  }

  /**
   * Whether a picture is hidden, and not deleted.
   *
   * @throws CafeError `storage_unavailable`
   */
  async isHidden(picture: PoolImage): Promise<boolean> {
    const key = this.#folders.moved(this.#keys.dated(picture), 'pool', 'hidden');
    return (await this.#store.head(key)) !== undefined;
  }

  /**
   * The bytes of a file of a hidden or pending picture; `undefined` where that is not there.
   *
   * @throws CafeError `storage_unavailable`
   */
  async readUnseen(
    picture: PoolImage,
    form: 'png' | RenditionForm,
  ): Promise<Uint8Array | undefined> {
    const inPool = form === 'png' ? this.#keys.dated(picture) : this.#keys.rendition(picture, form);
    for (const visibility of OUT_OF_SIGHT) {
      const object = await this.#store.get(this.#folders.moved(inPool, 'pool', visibility));
      if (object) return object.bytes;
    }
    return undefined;
  }

  async #copyFile(from: string, to: string): Promise<void> {
    const head = await this.#store.head(from);
    if (head) await this.#store.copy(from, to, labelsIn(head));
  }

  async #filesOf(picture: PoolImage, visibility: Visibility): Promise<string[]> {
    // Begins the keys of the picture and of its renditions, and no other's.
    const stem = `${this.#folders.prefixOf(visibility)}${poolName(picture)}.`;
    const keys = (await Array.fromAsync(this.#store.list(stem))).map(({ key }) => key);
    const isPng = (key: string) => (key === `${stem}png` ? 1 : 0);
    return keys.toSorted((a, b) => isPng(a) - isPng(b));
  }

  #erasedKey(picture: PoolImage): string {
    return this.#folders.moved(this.#keys.dated(picture), 'pool', 'erased');
  }
}
