export type PageType = 'index' | 'article' | 'archive';

/** A page whose picture is wanted, and where to ask for it. */
export interface PageContext {
  /** The URL that is posted to, absolute or relative to the page. */
  readonly endpoint: string;
  readonly pagePath: string;
  /** As the author wrote it; the API refuses what is no {@link PageType}. */
  readonly pageType: string;
  /** What proves to the cafe that the site has the page. */
  readonly token: string | undefined;
  /** The same for the same page, type and API only. */
  readonly key: string;
}

const GENERATE = '/api/cafe/generate';

/** `index` for the home page, `archive` for `/page/<n>/`, `article` for all else. */
export function pageTypeAt(path: string): PageType {
  if (/^\/(index\.html)?$/.test(path)) return 'index';
  return /^\/page\/\d+(\/|$)/.test(path) ? 'archive' : 'article';
}

/** The whole endpoint, from itself or from the cafe's origin alone. */
export function endpointAt(apiUrl: string): string {
  return apiUrl.replace(/^((\w+:)?\/\/[^/?#]+)\/?$/, `$1${GENERATE}`);
}

/** What a page and its attributes amount to; blank ones count as left out. */
export function pageContext(
  apiUrl: string,
  pagePath: string | null | undefined,
  pageType: string | null | undefined,
  token?: string | null,
): PageContext {
  const endpoint = endpointAt(apiUrl);
  const path = pagePath || location.pathname;
  const type = pageType || pageTypeAt(path);
  return {
    endpoint,
    pagePath: path,
    pageType: type,
    token: token || undefined,
    key: `cafe-image ${endpoint} ${type} ${path}`,
  };
}
