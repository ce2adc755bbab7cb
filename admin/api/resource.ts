import type { ReactiveController } from 'lit';
import type { AdminView } from '../shell/admin-view.ts';
import { ApiError } from './api.ts';
import type { Topic } from './changes.ts';

/**
 * Something that a view shows and the API knows. It is read when the view comes, again whenever one
 * of its topics has changed, and the view renders each time. What was known stays while it is read
 * again, and where that fails. What is polled is read while somebody can see it, and no more once
 * there is no such route.
 */
export class Resource<T> implements ReactiveController {
  /** `undefined` until it is known. */
  value: T | undefined;
  /** Why the last attempt failed; `undefined` where it did not. */
  error: ApiError | undefined;
  isLoading = false;

  readonly #host: AdminView;
  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #topics: readonly Topic[];
  readonly #everyMs: number | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;
  #unwatch = () => {};

  /** @param load asks the API; it throws {@link ApiError}, or the signal's `AbortError` */
  constructor(
    host: AdminView,
    load: (signal: AbortSignal) => Promise<T>,
    { topics = [], everyMs }: { topics?: readonly Topic[]; everyMs?: number } = {},
  ) {
    this.#host = host;
    this.#load = load;
    this.#topics = topics;
    this.#everyMs = everyMs;
    host.addController(this);
  }

  hostConnected(): void {
    this.#unwatch = this.#host.context.changes.watch(this.#topics, () => void this.reload());
    if (this.#everyMs) document.addEventListener('visibilitychange', this.#look);
    void this.reload();
  }

  hostDisconnected(): void {
    this.#unwatch();
    this.#abort?.abort();
    clearTimeout(this.#next);
    document.removeEventListener('visibilitychange', this.#look);
  }

  /** Reads it again; never throws. An attempt that is under way is given up. */
  async reload(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.isLoading = true;
    this.#host.requestUpdate();
    try {
      const value = await this.#load(abort.signal);
      // Read to its end just before it was given up: what came after it is newer.
      if (abort.signal.aborted) return;
      this.value = value;
      this.error = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.isLoading = false;
    this.#host.requestUpdate();
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#next);
    if (!this.#everyMs || document.hidden || this.error?.status === 404) return;
    this.#next = setTimeout(() => void this.reload(), this.#everyMs);
  }

  #look = (): void => {
    clearTimeout(this.#next);
    if (!document.hidden && this.error?.status !== 404) void this.reload();
  };
}
