import type { Environment } from './environment.ts';

/** @param localUrl of the demo blog, if there is one */
export function pageNamesConfig(env: Environment, localUrl: string | undefined) {
  const siteUrls = [...env.CORS_ALLOWED_ORIGINS, env.SITE_SITEMAP_URL, localUrl];
  return {
    /** Query parameters that distinguish pages. */
    queryParameters: env.PAGE_QUERY_PARAMETERS,
    /** The site's URLs, as far as configured. */
    siteUrls: siteUrls.filter((url) => url !== undefined),
  };
}
