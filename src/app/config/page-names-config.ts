import type { Environment } from './environment.ts';

/** @param localUrl of the demo blog, where there is one */
export function pageNamesConfig(env: Environment, localUrl: string | undefined) {
  const siteUrls = [...env.CORS_ALLOWED_ORIGINS, env.SITE_SITEMAP_URL, localUrl];
  return {
    /** Of a path's query, those that tell pages apart. */
    queryParameters: env.PAGE_QUERY_PARAMETERS,
    /** Where the site is, as far as is configured. */
    siteUrls: siteUrls.filter((url) => url !== undefined),
  };
}
