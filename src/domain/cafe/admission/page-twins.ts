import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { SitePages } from './site-pages.ts';

const HTML = '.html';
/** How long a page goes by its other name before it is looked for under its own again. */
const SETTLED_MS = 600_000;
const MAX_SETTLED = 10_000;

/** A path and the one that many hosts serve the same page at: with `.html`, and without. */
function twinOf(path: string): string | undefined {
  if (path === '/' || path.includes('?')) return undefined;
  return path.endsWith(HTML) ? path.slice(0, -HTML.length) : path + HTML;
}

interface Deps {
  listed: Pick<SitePages, 'lists'>;
  keys: ImageKeys;
  clock: Clock;
}

/**
 * Pages that can be reached at two paths, `/posts/hello` and `/posts/hello.html`. They are one page if the
 * site lists exactly one of them: a picture is bought for that one, and either shows what there is for
 * the other as long as it has none of its own.
 */
export class PageTwins {
  readonly #deps: Deps;
  /** Keys of requests that go by the other name, and since when, on the monotonic clock. */
  readonly #settled = new BoundedMap<string, number>(MAX_SETTLED);

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The request for the page's other name, if it was settled lately that this one has nothing. */
  recall(request: PageRequest): PageRequest | undefined {
    const since = this.#settled.get(request.key);
    const isFresh = since !== undefined && this.#deps.clock.monotonic() - since < SETTLED_MS;
    return isFresh ? this.otherName(request)?.other : undefined;
  }

  /**
   * The request for the page's other name: if the site lists that one, or has a picture for it.
   *
   * @param request for a page under whose own key there is nothing
   * @param look for what is placed on the other
   */
  async find(
    request: PageRequest,
    look: (other: PageRequest) => Promise<unknown>,
  ): Promise<PageRequest | undefined> {
    const { other, isListed } = this.otherName(request) ?? {};
    if (!other || !(isListed || (await look(other)))) return undefined;
    this.#settled.set(request.key, this.#deps.clock.monotonic());
    return other;
  }

  /** The request for the page's other name, and whether that is the one that the site lists. */
  otherName(request: PageRequest): { other: PageRequest; isListed: boolean } | undefined {
    const { page, country } = request;
    const path = twinOf(page.path);
    if (path === undefined) return undefined;
    const isListed = this.#deps.listed.lists(path);
    if (isListed === this.#deps.listed.lists(page.path)) return undefined;
    const twin = { ...page, path };
    return {
      other: { ...request, page: twin, key: this.#deps.keys.page(twin, country) },
      isListed,
    };
  }
}
