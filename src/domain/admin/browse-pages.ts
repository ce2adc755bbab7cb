import type { CountryCode } from '../countries/country.ts';
import type { PageType } from '../pages/page.ts';
import type { ImageKey, ImageKeys } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import { isObjectKey } from '../storage/stored-objects.ts';
import type { ShownPage, ShownPages } from './shown-pages.ts';

export interface PageFilter {
  type?: PageType;
  /** `null` for readers whose country is unknown. */
  country?: CountryCode | null;
  /** A part of the readable key. */
  search?: string;
}

export interface PagesPage {
  items: ShownPage[];
  /** The key after which there may be more; absent at the end. */
  next: string | undefined;
}

/** Keys read per request. */
const MAX_LOOKED_AT = 10_000;

interface Deps {
  store: ImageStore;
  keys: ImageKeys;
  pages: ShownPages;
}

/** Pages through the pages that have an image, one entry per page and country. */
export class BrowsePages {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether text is a valid position to continue {@link browse} from. */
  isPlace(text: string): boolean {
    return isObjectKey(text) && text.startsWith(this.#deps.keys.pagePrefix());
  }

  /**
   * The next pages in key order. There may be fewer than `limit`, even none, although more follow.
   * Costs a listing, and two reads per result.
   *
   * @throws CafeError `storage_unavailable`
   */
  async browse(
    filter: PageFilter,
    { limit, after }: { limit: number; after: string | undefined },
  ): Promise<PagesPage> {
    const found: string[] = [];
    let lookedAt = 0;
    let next: string | undefined;
    const prefix = this.#deps.keys.pagePrefix(filter.type);
    for await (const { key } of this.#deps.store.list(
      prefix,
      after === undefined ? {} : { after },
    )) {
      const parsed = this.#deps.keys.parse(key);
      if (parsed?.kind === 'page' && matches(parsed, filter)) found.push(key);
      lookedAt += 1;
      if (found.length === limit || lookedAt === MAX_LOOKED_AT) {
        next = key;
        break;
      }
    }
    return { items: await this.#deps.pages.look(found), next };
  }
}

function matches(
  { slug, country }: ImageKey & { kind: 'page' },
  { country: asked, search }: PageFilter,
): boolean {
  if (asked !== undefined && (country?.code ?? null) !== asked) return false;
  return search === undefined || slug.includes(search);
}
