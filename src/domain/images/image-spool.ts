import type { Journal } from '../monitoring/journal.ts';
import type { ObjectLabels, ObjectStore } from '../storage/object-store.ts';
import { labelsIn } from '../storage/stored-objects.ts';

/** A paid image. */
export interface UnstoredImage {
  /** Its key: in the pool, or among the images that wait for approval. */
  key: string;
  bytes: Uint8Array;
  labels: ObjectLabels;
}

/** Keeps images across restarts in `DATA_DIR`, if it is set. Never throws. */
export class ImageSpool {
  readonly #store: ObjectStore | undefined;
  readonly #journal: Journal;

  constructor(store: ObjectStore | undefined, journal: Journal) {
    this.#store = store;
    this.#journal = journal;
  }

  /** Resolves with whether the image is in the spool now. */
  async put({ key, bytes, labels }: UnstoredImage): Promise<boolean> {
    const etag = await this.#attempt((store) => store.put(key, bytes, labels));
    return etag !== undefined;
  }

  /** `undefined` if the image is missing or unreadable. */
  async get(key: string): Promise<UnstoredImage | undefined> {
    const object = await this.#attempt((store) => store.get(key));
    return object && { key, bytes: object.bytes, labels: labelsIn(object) };
  }

  /** If removing fails, the next process finds that the image is already stored. */
  async remove(key: string): Promise<void> {
    await this.#attempt((store) => store.delete(key));
  }

  /** All keys, including files that other programs created. */
  async keys(): Promise<string[]> {
    const listed = await this.#attempt((store) => Array.fromAsync(store.list('')));
    return (listed ?? []).map(({ key }) => key);
  }

  async #attempt<T>(work: (store: ObjectStore) => Promise<T>): Promise<T | undefined> {
    if (!this.#store) return undefined;
    try {
      return await work(this.#store);
    } catch (cause) {
      this.#journal.record({ event: 'spool_failed', cause });
      return undefined;
    }
  }
}
