export type PageType = 'index' | 'article' | 'archive';

/** Identifies a page, and the endpoint from which its image is requested. */
export interface PageContext {
  /** The URL to post to, absolute or relative to the page. */
  readonly endpoint: string;
  readonly pagePath: string;
  /** As the author wrote it. The API rejects anything but a {@link PageType}. */
  readonly pageType: string;
  /** Proves to the service that the page belongs to the site. */
  readonly token: string | undefined;
  /** Unique per page, type and endpoint. */
  readonly key: string;
}

const GENERATE = '/api/cafe/generate';

/** `index` for the home page, `archive` for `/page/<n>/`, else `article`. */
export function pageTypeAt(path: string): PageType {
  if (/^\/(index\.html)?$/.test(path)) return 'index';
  return /^\/page\/\d+(\/|$)/.test(path) ? 'archive' : 'article';
}

/** Completes an origin to the full endpoint. */
export function endpointAt(apiUrl: string): string {
  return apiUrl.replace(/^((\w+:)?\/\/[^/?#]+)\/?$/, `$1${GENERATE}`);
}

/** Combines the attributes with their defaults. An empty attribute counts as missing. */
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
