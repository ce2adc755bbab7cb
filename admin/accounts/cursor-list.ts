import type { ReactiveController } from 'lit';
import { ApiError, type Query } from '../api/api.ts';
import type { Paged } from '../api/api-types.ts';
import type { AdminView } from '../shell/admin-view.ts';

const PER_ANSWER = 50;
/** Maximum number of items per response of the API, and so per refresh. */
const MAX_RENEWED = 200;

/** A list that the API returns in parts. It is loaded again after each act in the admin. */
export class CursorList<T extends { id: string }> implements ReactiveController {
  /** `undefined` until the first part is loaded. */
  items: readonly T[] | undefined;
  /** Whether all parts are loaded. */
  isWhole = false;
  isLoading = false;
  /** Why the last attempt failed; `undefined` if it succeeded. */
  error: ApiError | undefined;

  readonly #host: AdminView;
  readonly #path: string;
  readonly #query: () => Query;
  #cursor: string | undefined;
  #abort = new AbortController();
  #unwatch = () => {};

  /** @param query selects the items; read before every request */
  constructor(host: AdminView, path: string, query: () => Query = () => ({})) {
    this.#host = host;
    this.#path = path;
    this.#query = query;
    host.addController(this);
  }

  hostConnected(): void {
    this.#unwatch = this.#host.context.changes.watch(['activity'], () => void this.renew());
    void this.renew();
  }

  hostDisconnected(): void {
    this.#unwatch();
    this.#abort.abort();
  }

  /** Forgets the items, as those of another query, and loads the first part. */
  restart(): void {
    this.items = undefined;
    void this.renew();
  }

  /** Loads the next part. Never throws. */
  async more(): Promise<void> {
    if (this.isLoading) return;
    await this.#attempt({ limit: PER_ANSWER, cursor: this.#cursor }, ({ items, nextCursor }) => {
      this.items = [...(this.items ?? []), ...items];
      this.#continueAt(nextCursor);
    });
  }

  /** Loads the known items again, up to the limit of one response. Never throws. */
  async renew(): Promise<void> {
    const known = this.items ?? [];
    const limit = Math.min(Math.max(known.length + 1, PER_ANSWER), MAX_RENEWED);
    await this.#attempt({ limit }, ({ items, nextCursor }) => {
      const fresh = new Set(items.map(({ id }) => id));
      const rest = nextCursor === null ? [] : known.slice(limit).filter(({ id }) => !fresh.has(id));
      this.items = [...items, ...rest];
      if (rest.length === 0) this.#continueAt(nextCursor);
    });
  }

  #continueAt(cursor: string | null): void {
    this.#cursor = cursor ?? undefined;
    this.isWhole = cursor === null;
  }

  async #attempt(query: Query, take: (part: Paged<T>) => void): Promise<void> {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.isLoading = true;
    this.#host.requestUpdate();
    try {
      const { signal } = abort;
      const all = { ...this.#query(), ...query };
      const part = await this.#host.context.api.get<Paged<T>>(this.#path, { query: all, signal });
      // It was aborted just after it completed. A newer attempt is running.
      if (signal.aborted) return;
      take(part);
      this.error = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.isLoading = false;
    this.#host.requestUpdate();
  }
}
