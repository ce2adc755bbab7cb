import { createHash } from 'node:crypto';
import type { Country } from '../countries/country.ts';
import { CafeError } from '../kernel/errors.ts';
import { foldToAscii } from './fold-to-ascii.ts';
import { decodedPart, invalidPage, isBlank } from './page-part.ts';
import { pageQuery } from './page-query.ts';

export const PAGE_TYPES = ['index', 'article', 'archive'] as const;
export type PageType = (typeof PAGE_TYPES)[number];

/**
 * A page of the blog. Two requests are for the same page if and only if type and path are equal.
 */
export interface Page {
  readonly type: PageType;
  /**
   * The canonical path: decoded once, NFC, lower case, single slashes, without query, fragment,
   * trailing slash and trailing `index.html`; `/` for the home page. An encoded slash inside a
   * segment stays `%2f`, a percent sign stays `%25`. If the site distinguishes pages by query
   * parameters, those follow the path, as in `/?p=123`, and any other question mark is `%3f`.
   */
  readonly path: string;
}

/** Bytes of UTF-8 in a canonical path. */
const MAX_PATH_BYTES = 1024;

/** Keys must fit in 1,024 bytes, and file systems limit a segment to 255. */
const MAX_SLUG_LENGTH = 700;
const MAX_SLUG_SEGMENT_LENGTH = 180;

/** Fast path: nearly all paths need no decoding, folding or replacing. */
const PLAIN_PATH = /^(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)+$/;
const PLAIN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * The page of a path.
 *
 * @param queryParameters query parameters that distinguish pages; none by default
 * @throws CafeError `invalid_page` for a path that is empty or shows nothing, and for `..` segments
 *   (also encoded), control characters, backslashes, broken escapes and paths over {@link
 *   MAX_PATH_BYTES}.
 */
export function pageAt(
  pagePath: string,
  type: PageType,
  queryParameters: readonly string[] = [],
): Page {
  if (isPlain(pagePath)) return { type, path: pagePath };
  if (pagePath === '') throw invalidPage('pagePath must not be empty.');
  const [beforeQuery = ''] = pagePath.split(/[?#]/, 1);
  const named = beforeQuery
    .split('/')
    .map(decodeSegment)
    .filter((segment) => segment !== '');
  const segments = named.filter((segment) => segment !== '.');
  if (named.length > 0 && segments.every(isBlank)) {
    throw invalidPage('pagePath must not be blank.');
  }
  if (segments.at(-1) === 'index.html') segments.pop();
  const hasQueries = queryParameters.length > 0;
  const path = `/${segments.map((segment) => escapeSegment(segment, hasQueries)).join('/')}`;
  const whole = path + pageQuery(pagePath, queryParameters);
  if (Buffer.byteLength(whole) > MAX_PATH_BYTES) {
    throw invalidPage(`pagePath must not be longer than ${MAX_PATH_BYTES} bytes.`);
  }
  return { type, path: whole };
}

/**
 * The readable part of a page's key, and whether it identifies the page alone. It is `root` for
 * `/`. Otherwise it is the path with accents folded and every other run of characters outside
 * `[a-z0-9]` replaced by one `-`. If that loses information, two pages could share the slug, and
 * the key also needs {@link pathDigest}.
 */
export function pathSlug(page: Page): { slug: string; lossless: boolean } {
  if (page.path === '/') return { slug: 'root', lossless: true };
  if (isPlain(page.path)) return { slug: page.path.slice(1), lossless: page.path !== '/root' };
  const slug = page.path
    .slice(1)
    .split('/')
    .map(segmentSlug)
    .join('/')
    .slice(0, MAX_SLUG_LENGTH)
    .replace(/\/$/, '');
  return { slug, lossless: `/${slug}` === page.path && slug !== 'root' };
}

/** Whether the path equals its canonical path and its slug, and is short enough not to be cut. */
function isPlain(path: string): boolean {
  return path.length <= MAX_SLUG_SEGMENT_LENGTH && PLAIN_PATH.test(path);
}

/** Never empty: only accents fold to nothing. */
function segmentSlug(segment: string): string {
  const slug = PLAIN.test(segment)
    ? segment
    : foldToAscii(segment.toLowerCase()).replace(/[^a-z0-9]+/g, '-');
  return slug.slice(0, MAX_SLUG_SEGMENT_LENGTH) || '-';
}

/** The first 16 hex digits of the canonical path's SHA-256. */
export function pathDigest(page: Page): string {
  return createHash('sha256').update(page.path).digest('hex').slice(0, 16);
}

function decodeSegment(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  return decodedPart(raw).normalize('NFC').toLowerCase().normalize('NFC');
}

/** @param hasQueries whether a question mark starts the query that belongs to the path */
function escapeSegment(segment: string, hasQueries: boolean): string {
  const escaped = segment.replaceAll('%', '%25').replaceAll('/', '%2f');
  return hasQueries ? escaped.replaceAll('?', '%3f') : escaped;
}

/** The facts about a request that decide whether an image may be generated for it. */
export interface Asker {
  /** Absent if the address is unknown, private or malformed. */
  address: string | undefined;
  /** The client identifies itself as a program, such as a search engine. */
  isBot: boolean;
  /** The page token from the request, which proves that the site has the page. Not yet verified. */
  token: string | undefined;
}

/** One reader's request for a page's image. */
export interface PageRequest {
  page: Page;
  /** The reader's country; absent if unknown. */
  country: Country | undefined;
  /** `false` if the country is unknown because geolocation failed. */
  countryIsReliable: boolean;
  /** The stable key of the page in that country. */
  key: string;
  /** Absent for requests of the owner, which no rule restricts. */
  asker?: Asker;
}

/** The fields that identify a request in the journal. */
export function aboutPage({ page, country }: PageRequest) {
  return { page, country: country?.code ?? null };
}

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
