/** The blog's title and texts. */
export const BLOG = {
  name: 'Small Plates',
  about: 'Short essays on food, slow travel and small software.',
  author: 'June Ashby',
  language: 'en-GB',
} as const;

/** The address of a service. */
export interface CafeApi {
  /** What its paths are below, such as `https://cafe.example`. */
  base: string;
  /** The endpoint that the element calls. */
  endpoint: string;
}

/** Options of a build of the blog. */
export interface Site {
  /** The origin that the pages will have, such as `https://blog.example`. */
  url: string;
  api: CafeApi;
  /** Whether pages have the bar for visiting from another country. */
  development: boolean;
}

const ENDPOINT = '/api/cafe/generate';

/**
 * Parses the address of a service: its origin or its endpoint.
 *
 * @throws an Error that names the variable if the address is neither
 */
export function cafeApiAt(text: string, variable: string): CafeApi {
  const { origin, pathname } = webAddress(text, variable);
  const path = pathname.replace(/\/$/, '');
  if (path !== '' && !path.endsWith(ENDPOINT)) {
    throw new Error(`${variable} must be an origin, or end in ${ENDPOINT}: ${text}`);
  }
  const base = origin + path.replace(ENDPOINT, '');
  return { base, endpoint: base + ENDPOINT };
}

/**
 * Parses the address of the blog, which must be an origin because its links begin with a slash.
 *
 * @throws an Error that names the variable if it is not an origin
 */
export function siteOrigin(text: string, variable: string): string {
  const { origin, pathname } = webAddress(text, variable);
  if (pathname !== '/') throw new Error(`${variable} must be an origin without a path: ${text}`);
  return origin;
}

function webAddress(text: string, variable: string): URL {
  const url = URL.parse(text.trim());
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(`${variable} must be such as https://example.com, and is: ${text}`);
  }
  return url;
}
