import {
  type ImageKeys,
  type PoolImage,
  poolName,
  type RenditionForm,
} from '../storage/image-keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { labelsIn } from '../storage/stored-objects.ts';
import { type Visibility, VisibilityFolders } from './image-visibility.ts';

/** The folders of invisible images. An image in both counts as hidden. */
const OUT_OF_SIGHT = ['hidden', 'pending'] as const;

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
}

/** The files of images, each PNG with its renditions, in one folder per visibility. */
export class ImageFiles {
  readonly #deps: Deps;
  readonly #folders: VisibilityFolders;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#folders = new VisibilityFolders(deps);
  }

  /**
   * Moves the PNG last: the image exists as long as its PNG exists. Returns whether the PNG was
   * there.
   *
   * @throws CafeError `storage_unavailable`; a retry completes the move
   */
  async move(picture: PoolImage, from: Visibility, to: Visibility): Promise<boolean> {
    const files = await this.#filesOf(picture, from);
    for (const key of files) {
      await this.#copyFile(key, this.#folders.moved(key, from, to));
      await this.#deps.store.delete(key);
    }
    return files.some((key) => key.endsWith('.png'));
  }

  /** @throws CafeError `storage_unavailable`; a retry completes the copy */
  async copy(picture: PoolImage, from: Visibility, to: Visibility): Promise<void> {
    for (const key of await this.#filesOf(picture, from)) {
      await this.#copyFile(key, this.#folders.moved(key, from, to));
    }
  }

  /** @throws CafeError `storage_unavailable`; a retry completes the deletion */
  async delete(picture: PoolImage, visibility: Visibility): Promise<void> {
    for (const key of await this.#filesOf(picture, visibility)) {
      await this.#deps.store.delete(key);
    }
  }

  /**
   * Deletes a hidden image for good. Writes a tombstone first, so that a process that still holds
   * the unstored image does not restore it.
   *
   * @throws CafeError `storage_unavailable`; a retry completes the deletion
   */
  async erase(picture: PoolImage): Promise<void> {
    const key = this.#erasedKey(picture);
    await this.#deps.store.put(key, new Uint8Array(), { contentType: 'text/plain' });
    await this.delete(picture, 'hidden');
  }

  /**
   * Whether {@link erase} was started for an image.
   *
   * @throws CafeError `storage_unavailable`
   */
  async isErased(picture: PoolImage): Promise<boolean> {
    return (await this.#deps.store.head(this.#erasedKey(picture))) !== undefined;
  }

  /**
   * Whether an image is hidden and not deleted.
   *
   * @throws CafeError `storage_unavailable`
   */
  async isHidden(picture: PoolImage): Promise<boolean> {
    const key = this.#folders.moved(this.#deps.keys.dated(picture), 'pool', 'hidden');
    return (await this.#deps.store.head(key)) !== undefined;
  }

  /**
   * The bytes of a file of a hidden or pending image; `undefined` if the file is missing.
   *
   * @throws CafeError `storage_unavailable`
   */
  async readUnseen(
    picture: PoolImage,
    form: 'png' | RenditionForm,
  ): Promise<Uint8Array | undefined> {
    const inPool =
      form === 'png' ? this.#deps.keys.dated(picture) : this.#deps.keys.rendition(picture, form);
    for (const visibility of OUT_OF_SIGHT) {
      const object = await this.#deps.store.get(this.#folders.moved(inPool, 'pool', visibility));
      if (object) return object.bytes;
    }
    return undefined;
  }

  async #copyFile(from: string, to: string): Promise<void> {
    const head = await this.#deps.store.head(from);
    if (head) await this.#deps.store.copy(from, to, labelsIn(head));
  }

  async #filesOf(picture: PoolImage, visibility: Visibility): Promise<string[]> {
    // The prefix of the keys of the image and its renditions only.
    const stem = `${this.#folders.prefixOf(visibility)}${poolName(picture)}.`;
    const keys = (await Array.fromAsync(this.#deps.store.list(stem))).map(({ key }) => key);
    const isPng = (key: string) => (key === `${stem}png` ? 1 : 0);
    return keys.toSorted((a, b) => isPng(a) - isPng(b));
  }

  #erasedKey(picture: PoolImage): string {
    return this.#folders.moved(this.#deps.keys.dated(picture), 'pool', 'erased');
  }
}
