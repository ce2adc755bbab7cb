import type { Journal } from '../monitoring/journal.ts';
import { labelsIn } from '../storage/object-labels.ts';
import type { ObjectLabels, ObjectStore } from '../storage/object-store.ts';

/** A picture that is paid for. */
export interface UnstoredImage {
  /** Where it belongs: in the pool, or among those that wait for approval. */
  key: string;
  bytes: Uint8Array;
  labels: ObjectLabels;
}

/** Pictures that outlive the process, where there is a place for them. Never throws. */
export class ImageSpool {
  readonly #store: ObjectStore | undefined;
  readonly #journal: Journal;

  constructor(store: ObjectStore | undefined, journal: Journal) {
    this.#store = store;
    this.#journal = journal;
  }

  /** Whether it is in the spool now. */
  async put({ key, bytes, labels }: UnstoredImage): Promise<boolean> {
    const etag = await this.#attempt((store) => store.put(key, bytes, labels));
    return etag !== undefined;
  }

  /** `undefined` where it is not there, or cannot be read. */
  async get(key: string): Promise<UnstoredImage | undefined> {
    const object = await this.#attempt((store) => store.get(key));
    return object && { key, bytes: object.bytes, labels: labelsIn(object) };
  }

  /** Of what cannot be removed, the next process will find out that it is stored. */
  async remove(key: string): Promise<void> {
    await this.#attempt((store) => store.delete(key));
  }

  /** All keys, also of what others put there. */
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
