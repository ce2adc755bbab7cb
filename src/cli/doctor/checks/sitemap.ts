import type { Config } from '../../../app/config.ts';
import { openPageList } from '../../../app/open-adapters.ts';
import { PageNames } from '../../../domain/page-names.ts';
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
      if (!list) return [];
      signal.addEventListener('abort', () => list.close());
      const read = await list.read().catch((error: Error) => error);
      if (read instanceof Error) {
        return [
          failure(
            `${url} cannot be read, so no new page gets a picture of its own: ${read.message}.`,
            'Mend SITE_SITEMAP_URL: it must be a sitemap, or an index of some on the same host, at a public address.',
          ),
        ];
      }
      if (read.length === 0) {
        return [failure(`${url} lists no page.`, 'Have the site list its pages there.')];
      }
      return [
        ok(`${url} lists ${read.length} pages.`),
        ...(site ? [onPage(site, read, names)] : []),
      ];
    },
  };
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
