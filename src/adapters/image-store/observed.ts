import { CafeError } from '../../domain/kernel/errors.ts';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type {
  ListedObject,
  ListOptions,
  ObjectHead,
  ObjectLabels,
  StoredObject,
  WriteCondition,
} from '../../domain/storage/object-store.ts';
import { statusOf } from './s3/calls.ts';

/** Deep enough for a socket error inside an SDK error inside a CafeError. */
const CAUSES = 5;

/** Reports each failure of another store, and its first success after that. */
export class ObservedImageStore implements ImageStore {
  readonly #store: ImageStore;
  readonly #watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>;
  /** Whether the last call succeeded. Only the first success in a row is reported. */
  #works = false;

  readonly pieces?: NonNullable<ImageStore['pieces']>;

  constructor(store: ImageStore, watch: Pick<UpstreamWatch, 'succeeded' | 'failed'>) {
    this.#store = store;
    this.#watch = watch;
    if (store.pieces) this.pieces = store.pieces.bind(store);
  }

  head(key: string): Promise<ObjectHead | undefined> {
    return this.#observe(() => this.#store.head(key));
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#observe(() => this.#store.get(key));
  }

  put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined> {
    return this.#observe(() => this.#store.put(key, bytes, labels, condition));
  }

  copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    options?: { ifAbsent?: boolean },
  ): Promise<'copied' | 'missing' | 'exists'> {
    return this.#observe(() => this.#store.copy(from, to, labels, options));
  }

  delete(key: string): Promise<void> {
    return this.#observe(() => this.#store.delete(key));
  }

  deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed' | 'unsupported'> {
    return this.#observe(() => this.#store.deleteIfMatch(key, etag));
  }

  async *list(prefix: string, options?: ListOptions): AsyncGenerator<ListedObject> {
    try {
      yield* this.#store.list(prefix, options);
      if (!this.#works) this.#succeeded();
    } catch (error) {
      this.#failed(error);
      throw error;
    }
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

  async #observe<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      if (!this.#works) this.#succeeded();
      return answer;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #succeeded(): void {
    this.#works = true;
    this.#watch.succeeded();
  }

  /** An invalid key is not a failure of the store. */
  #failed(error: unknown): void {
    if (!(error instanceof CafeError)) return;
    this.#works = false;
    this.#watch.failed(codeOf(error));
  }
}

/** An HTTP status, or a system error such as `ECONNREFUSED`. Never a text from the store. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < CAUSES; depth += 1) {
    const status = statusOf(at);
    if (status !== undefined) return `status_${status}`;
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && /^E[A-Z]{3,20}$/.test(code)) return code;
    at = at.cause;
  }
  return 'storage_unavailable';
}
