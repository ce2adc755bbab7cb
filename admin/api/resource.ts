import type { ReactiveController } from 'lit';
import type { AdminView } from '../shell/admin-view.ts';
import { ApiError } from './api.ts';
import type { Topic } from './changes.ts';

interface Options<T> {
  topics?: readonly Topic[];
  /** Milliseconds between two loads; a function if it depends on what was loaded. */
  everyMs?: number | ((value: T) => number | undefined);
}

/**
 * Data from the API for a view. It is loaded when the view is connected, and again when one of its topics
 * changes. The old value stays while it is reloaded, and after a failure. With `everyMs`, it is polled
 * while the page is visible, until the API returns 404.
 */
export class Resource<T> implements ReactiveController {
  /** `undefined` until it is loaded. */
  value: T | undefined;
  /** Why the last attempt failed; `undefined` if it succeeded. */
  error: ApiError | undefined;
  isLoading = false;

  readonly #host: AdminView;
  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #topics: readonly Topic[];
  readonly #everyMs: Options<T>['everyMs'];
  #next: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;
  #unwatch = () => {};

  /** @param load calls the API; throws {@link ApiError}, or the signal's `AbortError` */
  constructor(
    host: AdminView,
    load: (signal: AbortSignal) => Promise<T>,
    { topics = [], everyMs }: Options<T> = {},
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

  /** Loads the data again, and aborts a current attempt. Never throws. */
  async reload(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.isLoading = true;
    this.#host.requestUpdate();
    try {
      const value = await this.#load(abort.signal);
      // It was aborted just after it completed. A newer attempt is running.
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
    const everyMs = this.#currentEveryMs();
    if (!everyMs || document.hidden || this.error?.status === 404) return;
    this.#next = setTimeout(() => void this.reload(), everyMs);
  }

  #currentEveryMs(): number | undefined {
    if (typeof this.#everyMs !== 'function') return this.#everyMs;
    return this.value && this.#everyMs(this.value);
  }

  #look = (): void => {
    clearTimeout(this.#next);
    if (this.#currentEveryMs() && !document.hidden && this.error?.status !== 404)
      void this.reload();
  };
}
