import type { Config } from '../../../app/config/config.ts';
import { openPageList } from '../../../app/container/open-adapters.ts';
import { PageNames } from '../../../domain/pages/page.ts';
import { flawsOf, type PageListing } from '../../../domain/pages/page-list.ts';
import type { Check } from '../check.ts';
import { failure, ok, type Verdict, warning } from '../finding.ts';

/**
 * Checks that the service can read the sitemap, and that the sitemap lists the page of `--site`.
 *
 * @param site a page of the blog, if given
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
            'Set SITE_SITEMAP_URL to the public URL of a sitemap, a sitemap index of the same site, a text file of URLs, or a feed.',
          ),
        ];
      }
      if (read.paths.length === 0 && read.unread.length === 0) {
        return [failure(`${url} lists no page.`, 'Configure the site to list its pages there.')];
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
        ? `Fix the files that ${url} lists. Until then, every page counts as listed.`
        : `Correct or remove these entries in ${url}. They get no picture of their own.`,
    ),
  );
  if (!read.isFeed) return flaws;
  const feed = warning(
    `${url} is a feed, which usually lists only the newest pages.`,
    'Set SITE_SITEMAP_URL to a sitemap of all pages. Pages missing from the feed get no picture of their own.',
  );
  return [...flaws, feed];
}

function onPage({ pathname, search }: URL, listed: readonly string[], names: PageNames): Verdict {
  const expected = names.usualAt(pathname + search)?.path;
  const isListed = listed.some((path) => names.usualAt(path)?.path === expected);
  if (isListed) return ok(`The sitemap lists ${pathname}.`);
  return warning(
    `The sitemap does not list ${pathname}, so that page gets no picture of its own.`,
    'Add the page to the sitemap under the same path, or give it a page token: docs/abuse.md.',
  );
}
