import type { Clock } from '../kernel/clock.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../pages/page.ts';
import type { ObjectStore, WriteCondition } from '../storage/object-store.ts';
import type { UnstoredImage } from './image-spool.ts';
import type { UnstoredImages } from './unstored-images.ts';

/** Delays between tries to store a paid image. */
const RETRY_WAITS_MS = [500, 2_000, 5_000, 8_000, 14_000];
/** Calls to a hanging store last longer than the delays. No further try starts after this time. */
const LAST_TRY_MS = 30_000;

interface Deps {
  store: ObjectStore;
  unstored: UnstoredImages;
  clock: Clock;
  journal: Journal;
}

/** Stores a paid image, with retries. */
export class PersistImage {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Receives every image as soon as it is paid for. Resolves once it survives a crash, or a second later. */
  take(picture: UnstoredImage): Promise<void> {
    return this.#deps.unstored.take(picture);
  }

  /**
   * Tries for half a minute. Resolves with the ETag, or with `undefined` if the condition does not
   * hold.
   *
   * @throws CafeError `storage_unavailable`
   */
  async put(picture: UnstoredImage, condition?: WriteCondition): Promise<string | undefined> {
    const etag = await this.#tryToPut(picture, condition);
    this.#deps.unstored.stored(picture.key);
    return etag;
  }

  async #tryToPut(
    { key, bytes, labels }: UnstoredImage,
    condition: WriteCondition | undefined,
  ): Promise<string | undefined> {
    const started = this.#deps.clock.monotonic();
    for (const wait of RETRY_WAITS_MS) {
      try {
        return await this.#deps.store.put(key, bytes, labels, condition);
      } catch (error) {
        const elapsed = this.#deps.clock.monotonic() - started;
        if (!(error instanceof CafeError) || elapsed + wait > LAST_TRY_MS) throw error;
      }
      await this.#deps.clock.sleep(wait);
    }
    return this.#deps.store.put(key, bytes, labels, condition);
  }

  /**
   * Schedules further tries.
   *
   * @param cause the error of {@link put}; rethrown if it was not caused by the store
   */
  async hold(request: PageRequest, picture: UnstoredImage, cause: unknown): Promise<void> {
    await this.#deps.unstored.hold(picture);
    this.#deps.journal.record({ ...aboutPage(request), event: 'storing_failed', cause });
    if (!(cause instanceof CafeError)) throw cause;
  }

  /**
   * Stores the unstored image under a key, if there is one.
   *
   * @throws CafeError `storage_unavailable`; the image then stays unstored
   */
  storeUnstored(key: string): Promise<void> {
    return this.#deps.unstored.store(key);
  }
}
