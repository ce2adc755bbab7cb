import { CafeError } from '../../domain/kernel/errors.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type {
  ListedObject,
  ListOptions,
  ObjectHead,
  ObjectLabels,
  StoredObject,
  WriteCondition,
} from '../../domain/storage/object-store.ts';

interface Waiter {
  start(): void;
  timer: NodeJS.Timeout;
}

/**
 * Limits the concurrent calls to a store. Further calls wait in order of arrival.
 *
 * Lookups use it, so that many of them leave enough connections for generations, which use the store
 * directly. Listings are not limited, because few run at once.
 */
export class LimitedImageStore implements ImageStore {
  readonly #store: ImageStore;
  readonly #maxCalls: number;
  readonly #maxWaitMs: number;
  readonly #waiting = new Set<Waiter>();
  #running = 0;

  /** @param limits.maxWaitMs milliseconds a call waits; then it fails with `storage_unavailable` */
  constructor(store: ImageStore, limits: { maxCalls: number; maxWaitMs: number }) {
    this.#store = store;
    this.#maxCalls = limits.maxCalls;
    this.#maxWaitMs = limits.maxWaitMs;
  }

  head(key: string): Promise<ObjectHead | undefined> {
    return this.#inTurn(() => this.#store.head(key));
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#inTurn(() => this.#store.get(key));
  }

  put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined> {
    return this.#inTurn(() => this.#store.put(key, bytes, labels, condition));
  }

  copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    options?: { ifAbsent?: boolean },
  ): Promise<'copied' | 'missing' | 'exists'> {
    return this.#inTurn(() => this.#store.copy(from, to, labels, options));
  }

  delete(key: string): Promise<void> {
    return this.#inTurn(() => this.#store.delete(key));
  }

  deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed' | 'unsupported'> {
    return this.#inTurn(() => this.#store.deleteIfMatch(key, etag));
  }

  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject> {
    return this.#store.list(prefix, options);
  }

  urlFor(key: string): string {
    return this.#store.urlFor(key);
  }

  async learnFeatures(): Promise<void> {
    await this.#store.learnFeatures?.();
  }

  lacks(): readonly string[] {
    return this.#store.lacks?.() ?? [];
  }

  async doubt(): Promise<string | undefined> {
    return this.#store.doubt?.();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#running < this.#maxCalls) this.#running += 1;
    else await this.#turn();
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  #turn(): Promise<void> {
    return new Promise((start, reject) => {
      const giveUp = () => {
        this.#waiting.delete(waiter);
        reject(
          new CafeError('storage_unavailable', 'The image store is overloaded.', {
            cause: new Error(`a lookup waited longer than ${this.#maxWaitMs} ms for its turn`),
          }),
        );
      };
      const waiter: Waiter = { start, timer: setTimeout(giveUp, this.#maxWaitMs) };
      this.#waiting.add(waiter);
    });
  }

  /** Starts the call that has waited longest. */
  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    clearTimeout(next.timer);
    next.start();
  }
}
