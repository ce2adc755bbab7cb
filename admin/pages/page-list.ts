import { type AdminApi, ApiError } from '../api/api.ts';
import type { Paged, PageType, ShownPage } from '../api/api-types.ts';

/** A filter of pages; `''` for a part that is not set. */
export interface PageFilter {
  type: PageType | '';
  /** A code, or `anywhere`. */
  country: string;
  /** Part of the path, in the form used in keys. */
  search: string;
}

/** A page with its pictures by country. */
export interface PageGroup {
  key: string;
  pages: readonly ShownPage[];
}

const PER_ANSWER = 60;
/** Maximum number of items per response of the API, and so per refresh. */
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

/** The URL query of a filter, with its question mark; empty for the default filter. */
export function pageSearchFor(filter: PageFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return query.size > 0 ? `?${query}` : '';
}

/** The pages that match a filter, loaded in parts. */
export class PageList {
  readonly filter: PageFilter;
  pages: readonly ShownPage[] = [];
  isLoading = false;
  /** Whether all pages are loaded. */
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

  /** Groups the list by page. The API returns one item per page and country. */
  get groups(): PageGroup[] {
    const groups = Map.groupBy(this.pages, ({ type, slug, path }) => `${type} ${path ?? slug}`);
    return [...groups].map(([key, pages]) => ({ key, pages }));
  }

  /** Loads the next part. Never throws. */
  more(): Promise<void> {
    return this.#attempt(async () => {
      const { items, nextCursor } = await this.#load(PER_ANSWER, this.#cursor);
      this.pages = [...this.pages, ...items];
      this.#continueAt(nextCursor);
    });
  }

  /** Reloads the known pages, up to the limit of one response. Never throws. */
  renew(): Promise<void> {
    return this.#attempt(async () => {
      const limit = Math.min(Math.max(this.pages.length, PER_ANSWER), MAX_RENEWED);
      const { items, nextCursor } = await this.#load(limit, undefined);
      const rest = nextCursor ? this.pages.slice(limit) : [];
      this.pages = [...items, ...rest];
      if (rest.length === 0) this.#continueAt(nextCursor);
    });
  }

  #continueAt(cursor: string | null): void {
    this.#cursor = cursor ?? undefined;
    this.isWhole = cursor === null;
  }

  #load(limit: number, cursor: string | undefined): Promise<Paged<ShownPage>> {
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
