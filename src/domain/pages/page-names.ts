import { CafeError } from '../kernel/errors.ts';
import { type Page, type PageType, pageAt } from './page.ts';
import { invalidPage } from './page-part.ts';

const URL_FORM = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

/** Turns the page names that callers and the owner's lists use into pages. */
export class PageNames {
  readonly #queryParameters: readonly string[];
  readonly #hosts: ReadonlySet<string>;

  /**
   * @param options.queryParameters query parameters that distinguish pages
   * @param options.siteUrls base URLs of the site; a URL below them names the page at its path, any
   *   other URL is rejected
   */
  constructor(options: { queryParameters?: readonly string[]; siteUrls?: readonly string[] } = {}) {
    this.#queryParameters = options.queryParameters ?? [];
    const urls = (options.siteUrls ?? [])
      .map((url) => URL.parse(url))
      .filter((url) => url !== null);
    this.#hosts = new Set(urls.map(hostOf));
  }

  /**
   * The page of a path, or of a URL on the site.
   *
   * @throws CafeError `invalid_page`
   */
  at(pagePath: string, type: PageType): Page {
    const isUrl = !pagePath.startsWith('/') && URL_FORM.test(pagePath);
    return pageAt(isUrl ? this.#pathOf(pagePath) : pagePath, type, this.#queryParameters);
  }

  /**
   * The page at a path, with the type the element assumes by default. `undefined` if the path is
   * not a valid page.
   */
  usualAt(path: string): Page | undefined {
    try {
      const page = this.at(path, 'article');
      return { ...page, type: usualType(page) };
    } catch (error) {
      if (error instanceof CafeError) return undefined;
      throw error;
    }
  }

  /** Each page once, in listing order. Skips invalid pages. */
  allAt(paths: readonly string[]): Page[] {
    const pages = new Map<string, Page>();
    for (const each of paths) {
      const page = this.usualAt(each);
      if (page && !pages.has(page.path)) pages.set(page.path, page);
    }
    return [...pages.values()];
  }

  #pathOf(text: string): string {
    const url = URL.parse(text.trim());
    const isOnSite = url && /^https?:$/.test(url.protocol) && this.#hosts.has(hostOf(url));
    if (!isOnSite) throw invalidPage('pagePath must be a path or a URL on the site.');
    return url.pathname + url.search;
  }
}

function usualType({ path }: Page): PageType {
  if (path === '/') return 'index';
  return /^\/page\/\d+(\/|$)/.test(path) ? 'archive' : 'article';
}

/** Ignores a leading `www.`: many sites respond at both names. */
function hostOf({ host }: URL): string {
  return host.replace(/^www\./, '');
}
