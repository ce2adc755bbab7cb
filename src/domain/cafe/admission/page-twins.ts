import { BoundedMap } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { PageRequest } from '../../pages/page.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { SitePages } from './site-pages.ts';

const HTML = '.html';
/** How long a page shows the image of its other path before its own image is looked up again. */
const SETTLED_MS = 600_000;
const MAX_SETTLED = 10_000;

/** The other path under which many hosts serve the same page: with `.html`, or without. */
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
 * Pages reachable at two paths, `/posts/hello` and `/posts/hello.html`. They count as one page if
 * the site lists exactly one of them. The image is generated for the listed path. Either path shows
 * the other's image while it has none of its own.
 */
export class PageTwins {
  readonly #deps: Deps;
  /** Keys of requests served under the other name, and since when, in monotonic milliseconds. */
  readonly #settled = new BoundedMap<string, number>(MAX_SETTLED);

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The request for the page's other name, if a recent lookup found nothing under this one. */
  recall(request: PageRequest): PageRequest | undefined {
    const since = this.#settled.get(request.key);
    const isFresh = since !== undefined && this.#deps.clock.monotonic() - since < SETTLED_MS;
    return isFresh ? this.otherName(request)?.other : undefined;
  }

  /**
   * The request for the page's other name, if the site lists that name or it has an image.
   *
   * @param request for a page without an image under its own key
   * @param look looks up what is placed under the other name
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

  /** The request for the page's other name, and whether the site lists that name. */
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
