import type { Clock } from '../kernel/clock.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../pages/page-request.ts';
import type { ObjectStore, WriteCondition } from '../storage/object-store.ts';
import type { UnstoredImage } from './image-spool.ts';
import type { UnstoredImages } from './unstored-images.ts';

/** Waits between the tries to store a picture that is paid for. */
const RETRY_WAITS_MS = [500, 2_000, 5_000, 8_000, 14_000];
/** A store that hangs takes longer than the waits; after this no further try begins. */
const LAST_TRY_MS = 30_000;

/** Does what can be done to store a picture that is paid for. */
export class PersistImage {
  readonly #store: ObjectStore;
  readonly #unstored: UnstoredImages;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(deps: {
    store: ObjectStore;
    unstored: UnstoredImages;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#unstored = deps.unstored;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /** Is told of every picture at once when it is paid for, so that it outlives the process. */
  take(picture: UnstoredImage): void {
    this.#unstored.take(picture);
  }

  /**
   * Tries for half a minute. Resolves with the ETag, or with `undefined` where the condition does not
   * hold.
   *
   * @throws CafeError `storage_unavailable`
   */
  async put(picture: UnstoredImage, condition?: WriteCondition): Promise<string | undefined> {
    const etag = await this.#tryToPut(picture, condition);
    this.#unstored.stored(picture.key);
    return etag;
  }

  async #tryToPut(
    { key, bytes, labels }: UnstoredImage,
    condition: WriteCondition | undefined,
  ): Promise<string | undefined> {
    const started = this.#clock.monotonic();
    for (const wait of RETRY_WAITS_MS) {
      try {
        return await this.#store.put(key, bytes, labels, condition);
      } catch (error) {
        const elapsed = this.#clock.monotonic() - started;
        if (!(error instanceof CafeError) || elapsed + wait > LAST_TRY_MS) throw error;
      }
      await this.#clock.sleep(wait);
    }
    return this.#store.put(key, bytes, labels, condition);
  }

  /**
   * Has it tried again later.
   *
   * @param cause why {@link put} failed; thrown again where it was not the store
   */
  async hold(request: PageRequest, picture: UnstoredImage, cause: unknown): Promise<void> {
    await this.#unstored.hold(picture);
    this.#journal.record({ ...aboutPage(request), event: 'storing_failed', cause });
    if (!(cause instanceof CafeError)) throw cause;
  }

  /**
   * Stores what is held under a key, if anything is.
   *
   * @throws CafeError `storage_unavailable`; then it goes on being held
   */
  storeUnstored(key: string): Promise<void> {
    return this.#unstored.store(key);
  }
}
