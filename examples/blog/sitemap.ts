import { markup } from './markup.ts';

/** Paths, with the day of their last change if it is known. */
export type SitemapEntry = { path: string; changed: Date | undefined };

export function sitemap(entries: readonly SitemapEntry[], siteUrl: string): string {
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${entries.map(({ path, changed }) => {
  const lastmod = changed && markup`<lastmod>${changed.toISOString().slice(0, 10)}</lastmod>`;
  return markup`<url><loc>${siteUrl}${path}</loc>${lastmod}</url>`;
})}
</urlset>
`.toString();
}

export function robots(siteUrl: string): string {
  return `User-agent: *\nAllow: /\n\nSitemap: ${siteUrl}/sitemap.xml\n`;
}
