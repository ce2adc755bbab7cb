import { type AdminApi, ApiError } from '../api/api.ts';
import type { Paged, PageType, ShownPage } from '../api/api-types.ts';

/** Which pages are looked at; `''` where a part does not matter. */
export interface PageFilter {
  type: PageType | '';
  /** A code, or `anywhere`. */
  country: string;
  /** A part of the readable key. */
  search: string;
}

/** A page, and what it shows in each country. */
export interface PageGroup {
  key: string;
  pages: readonly ShownPage[];
}

const PER_ANSWER = 60;
/** As many as one answer may have: so many are looked at again when something has changed. */
const MAX_RENEWED = 200;
const TYPES: readonly string[] = ['index', 'article', 'archive'];

export function pageFilterIn(query: URLSearchParams): PageFilter {
  const type = query.get('type') ?? '';
  return {
    type: TYPES.includes(type) ? (type as PageType) : '',
    country: query.get('country') ?? '',
    search: query.get('search') ?? '',
  };
}

/** The query of a URL for a filter, with its question mark; empty where it is the usual one. */
export function pageSearchFor(filter: PageFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return query.size > 0 ? `?${query}` : '';
}

/** The pages of a filter, as far as they were asked for. */
export class PageList {
  readonly filter: PageFilter;
  pages: readonly ShownPage[] = [];
  isLoading = false;
  /** Whether there are no more. */
  isWhole = false;
  /** Why the last attempt failed. */
  error: ApiError | undefined;

  readonly #api: AdminApi;
  readonly #onChange: () => void;
  #cursor: string | undefined;

  constructor(api: AdminApi, filter: PageFilter, onChange: () => void) {
    this.#api = api;
    this.filter = filter;
    this.#onChange = onChange;
  }

  /** What there is of each page in one place; the API lists them side by side. */
  get groups(): PageGroup[] {
    const groups = Map.groupBy(this.pages, ({ type, slug, path }) => `${type} ${path ?? slug}`);
    return [...groups].map(([key, pages]) => ({ key, pages }));
  }

  /** Gets the next ones; never throws. */
  more(): Promise<void> {
    return this.#attempt(async () => {
      const { items, nextCursor } = await this.#ask(PER_ANSWER, this.#cursor);
      this.pages = [...this.pages, ...items];
      this.#goOnAt(nextCursor);
    });
  }

  /** Looks at those that are known again, or at as many as one answer has; never throws. */
  renew(): Promise<void> {
    return this.#attempt(async () => {
      const limit = Math.min(Math.max(this.pages.length, PER_ANSWER), MAX_RENEWED);
      const { items, nextCursor } = await this.#ask(limit, undefined);
      const rest = nextCursor ? this.pages.slice(limit) : [];
      this.pages = [...items, ...rest];
      if (rest.length === 0) this.#goOnAt(nextCursor);
    });
  }

  #goOnAt(cursor: string | null): void {
    this.#cursor = cursor ?? undefined;
    this.isWhole = cursor === null;
  }

  #ask(limit: number, cursor: string | undefined): Promise<Paged<ShownPage>> {
    return this.#api.get('/pages', { query: { ...this.filter, limit, cursor } });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    this.#onChange();
    try {
      await work();
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.isLoading = false;
    this.#onChange();
  }
}
