import type { Environment } from './environment.ts';

export interface PageNamesConfig {
  /** Of a path's query, those that tell pages apart. */
  queryParameters: string[];
  /** Where the site is, as far as is configured. */
  siteUrls: string[];
}

/** @param localUrl of the demo blog, where there is one */
export function pageNamesConfig(env: Environment, localUrl: string | undefined): PageNamesConfig {
  const { CORS_ALLOWED_ORIGINS: origins, SITE_SITEMAP_URL: sitemap } = env;
  return {
    queryParameters: env.PAGE_QUERY_PARAMETERS,
    siteUrls: [...origins, ...(sitemap ? [sitemap] : []), ...(localUrl ? [localUrl] : [])],
  };
}
