import type { Environment } from './environment.ts';

/** For which requests new images are generated; default: all. */
export type AdmissionConfig = ReturnType<typeof admissionConfig>;

export function admissionConfig(env: Environment) {
  return {
    botsMaySpend: env.BOTS_MAY_SPEND,
    sitemapUrl: env.SITE_SITEMAP_URL,
    /** Empty if tokens are not required. */
    pageTokenSecrets: env.PAGE_TOKEN_SECRET,
    /** `undefined` for no limit, here and below. */
    newPagesPerAddressPerHour: env.NEW_PAGES_PER_IP_PER_HOUR,
    countriesPerPagePerDay: env.MAX_COUNTRIES_PER_PAGE_PER_DAY,
  };
}

/** Whether any rule is configured. */
export function hasRules(config: AdmissionConfig): boolean {
  return (
    !config.botsMaySpend ||
    config.sitemapUrl !== undefined ||
    config.pageTokenSecrets.length > 0 ||
    config.newPagesPerAddressPerHour !== undefined ||
    config.countriesPerPagePerDay !== undefined
  );
}

/** Problems of these variables in production, one line each. */
export function admissionProblems({ SITE_SITEMAP_URL }: Record<string, string>): string[] {
  if (!SITE_SITEMAP_URL?.startsWith('http:')) return [];
  return ['SITE_SITEMAP_URL must be an https URL in production'];
}
