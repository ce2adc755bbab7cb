import type { Config } from '../../../app/config/config.ts';
import { openPageList } from '../../../app/container/open-adapters.ts';
import { flawsOf, type PageListing } from '../../../domain/pages/page-list.ts';
import { PageNames } from '../../../domain/pages/page-names.ts';
import type { Check } from '../check.ts';
import { failure, ok, type Verdict, warning } from '../finding.ts';

/**
 * Whether the site's list of pages can be read as the service reads it, and has the page looked at.
 *
 * @param site a page of the blog, where one is known
 */
export function sitemap(config: Config, site: URL | undefined): Check {
  const names = new PageNames(config.pageNames);
  const url = config.purchase.sitemapUrl;
  return {
    name: 'sitemap',
    async run({ signal }) {
      const list = await openPageList(config);
      if (!list || !url) return [];
      signal.addEventListener('abort', () => list.close());
      const read = await list.read().catch((error: Error) => error);
      if (read instanceof Error) {
        return [
          failure(
            `${url} cannot be read, so no new page gets a picture of its own: ${read.message}.`,
            'Set SITE_SITEMAP_URL to a sitemap, an index of sitemaps on the same site, a text file of URLs, or a feed, at a public address.',
          ),
        ];
      }
      if (read.paths.length === 0 && read.unread.length === 0) {
        return [failure(`${url} lists no page.`, 'Have the site list its pages there.')];
      }
      return [
        ok(`${url} lists ${read.paths.length} pages.`),
        ...flawsIn(read, url),
        ...(site && read.unread.length === 0 ? [onPage(site, read.paths, names)] : []),
      ];
    },
  };
}

function flawsIn(read: PageListing, url: string): Verdict[] {
  const isIncomplete = read.unread.length > 0;
  const flaws = flawsOf(read).map((flaw) =>
    warning(
      `${flaw}.`,
      isIncomplete
        ? `Fix what ${url} names. Until then every page counts as listed, within the budget.`
        : `Correct or remove these in ${url}. They get no picture of their own.`,
    ),
  );
  if (!read.isFeed) return flaws;
  const feed = warning(
    `${url} is a feed, which usually lists only the newest pages.`,
    'Set SITE_SITEMAP_URL to a sitemap of all pages, else older ones get no picture of their own.',
  );
  return [...flaws, feed];
}

function onPage({ pathname, search }: URL, listed: readonly string[], names: PageNames): Verdict {
  const asked = names.usualAt(pathname + search)?.path;
  const has = (path: string) => names.usualAt(path)?.path === asked;
  if (listed.some(has)) return ok(`It lists ${pathname}.`);
  return warning(
    `It does not list ${pathname}: that page gets no picture of its own.`,
    'Have the site list the page, as its address has it, or give it a page token: docs/abuse.md.',
  );
}
