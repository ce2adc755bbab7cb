import { createHash } from 'node:crypto';
import { foldToAscii } from './fold-to-ascii.ts';
import { decodedPart, invalidPage, isBlank } from './page-part.ts';
import { pageQuery } from './page-query.ts';

export const PAGE_TYPES = ['index', 'article', 'archive'] as const;
export type PageType = (typeof PAGE_TYPES)[number];

/** A page of the blog. Two requests are for the same page exactly if type and path are equal. */
export interface Page {
  readonly type: PageType;
  /**
   * The canonical path: decoded once, NFC, lower case, single slashes, without query, fragment,
   * trailing slash and trailing `index.html`; `/` for the home page. A slash that was encoded
   * inside a segment stands as `%2f`, a percent sign as `%25`. Where the site tells pages apart by
   * parameters of the query, those are behind it, `/?p=123`, and any other question mark is `%3f`.
   */
  readonly path: string;
}

/** Bytes of UTF-8 in a canonical path. */
const MAX_PATH_BYTES = 1024;

/** Keys must fit in 1,024 bytes, and stores on file systems limit a segment to 255. */
const MAX_SLUG_LENGTH = 700;
const MAX_SLUG_SEGMENT_LENGTH = 180;

/** Of nearly all paths there is nothing to decode, to fold or to replace, which is found out sooner. */
const PLAIN_PATH = /^(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)+$/;
const PLAIN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * The page that a path names.
 *
 * @param queryParameters of the path's query, those that tell pages apart; none by default
 * @throws CafeError `invalid_page` for a path that is empty or has nothing to see, `..` segments (also
 *   encoded), control characters, backslashes, broken escapes and paths over
 *   {@link MAX_PATH_BYTES}.
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
 * The readable part of a page's key and whether it alone stands for the page: `root` for `/`, else
 * the path with accents folded and every other run of characters outside `[a-z0-9]` as one `-`.
 * Where that loses anything, two pages could share it, and the key needs {@link pathDigest} too.
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

/** Its own canonical path, and its own slug: too short for anything to be cut off. */
function isPlain(path: string): boolean {
  return path.length <= MAX_SLUG_SEGMENT_LENGTH && PLAIN_PATH.test(path);
}

/** Never empty: nothing but accents folds to nothing at all. */
function segmentSlug(segment: string): string {
  const slug = PLAIN.test(segment)
    ? segment
    : foldToAscii(segment.toLowerCase()).replace(/[^a-z0-9]+/g, '-');
  return slug.slice(0, MAX_SLUG_SEGMENT_LENGTH) || '-';
}

/** 16 hex digits of the canonical path's SHA-256. */
export function pathDigest(page: Page): string {
  return createHash('sha256').update(page.path).digest('hex').slice(0, 16);
}

function decodeSegment(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  return decodedPart(raw).normalize('NFC').toLowerCase().normalize('NFC');
}

/** @param hasQueries whether a question mark begins the query that belongs to the path */
function escapeSegment(segment: string, hasQueries: boolean): string {
  const escaped = segment.replaceAll('%', '%25').replaceAll('/', '%2f');
  return hasQueries ? escaped.replaceAll('?', '%3f') : escaped;
}
