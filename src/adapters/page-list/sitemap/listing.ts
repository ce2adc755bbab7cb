import type { PageListing } from '../../../domain/pages/page-list.ts';
import { bareHost, isWeb } from '../same-site.ts';
import type { SitemapDocument } from './document.ts';

/** A document with its URL. */
export interface PlacedDocument extends SitemapDocument {
  url: URL;
}

const MAX_PAGES = 50_000;
const MAX_EXAMPLES = 3;
const LONGEST_EXAMPLE = 100;

/**
 * Merges documents into one listing. Relative locations are resolved against their document. The site's
 * host is that of the documents. If no page is on that host, it is the host of most pages.
 *
 * @param foreign entries of an index that are on other sites
 * @param unread why some documents could not be read
 */
export function listingOf(
  documents: readonly PlacedDocument[],
  foreign: readonly string[],
  unread: readonly string[],
): PageListing {
  const located = documents.flatMap(({ locations, url }) =>
    locations.map((location) => ({ location, page: pageUrl(location, url) })),
  );
  if (located.length > MAX_PAGES) {
    throw new Error(`the sitemap lists more than ${MAX_PAGES} pages`);
  }
  const host = hostOf(located, documents);
  const isOwn = (page: URL | undefined) => page !== undefined && bareHost(page) === host;
  const others = located.filter(({ page }) => !isOwn(page)).map(({ location }) => location);
  const skipped = [...foreign, ...others];
  return {
    paths: located.flatMap(({ page }) =>
      page && isOwn(page) ? [page.pathname + page.search] : [],
    ),
    skipped: {
      count: skipped.length,
      examples: skipped.slice(0, MAX_EXAMPLES).map((each) => each.slice(0, LONGEST_EXAMPLE)),
    },
    unread,
    isFeed: documents.some(({ kind }) => kind === 'feed'),
  };
}

/** `undefined` if the location is not a web URL, or if its bytes could not be decoded. */
function pageUrl(location: string, document: URL): URL | undefined {
  if (location === '' || location.includes('\uFFFD')) return undefined;
  const url = URL.parse(location, document);
  return url && isWeb(url) ? url : undefined;
}

function hostOf(
  located: readonly { page: URL | undefined }[],
  documents: readonly PlacedDocument[],
): string | undefined {
  const own = new Set(documents.map(({ url }) => bareHost(url)));
  const counts = new Map<string, number>();
  for (const { page } of located) {
    if (!page) continue;
    const host = bareHost(page);
    if (own.has(host)) return host;
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  const [commonest] = [...counts].toSorted(([, a], [, b]) => b - a);
  return commonest?.[0];
}
