import type { Environment } from './environment.ts';

/** For whom a new picture is bought; as it comes, for everybody. */
export type AdmissionConfig = ReturnType<typeof admissionConfig>;

export function admissionConfig(env: Environment) {
  return {
    botsMaySpend: env.BOTS_MAY_SPEND,
    sitemapUrl: env.SITE_SITEMAP_URL,
    /** None where tokens are not asked for. */
    pageTokenSecrets: env.PAGE_TOKEN_SECRET,
    /** `undefined` for no limit, here and below. */
    newPagesPerAddressPerHour: env.NEW_PAGES_PER_IP_PER_HOUR,
    countriesPerPagePerDay: env.MAX_COUNTRIES_PER_PAGE_PER_DAY,
  };
}

/** Whether anybody is turned away at all. */
export function hasRules(config: AdmissionConfig): boolean {
  return (
    !config.botsMaySpend ||
    config.sitemapUrl !== undefined ||
    config.pageTokenSecrets.length > 0 ||
    config.newPagesPerAddressPerHour !== undefined ||
    config.countriesPerPagePerDay !== undefined
  );
}

/** What is wrong with this part of a production environment, a line each. */
export function admissionProblems({ SITE_SITEMAP_URL }: Record<string, string>): string[] {
  if (!SITE_SITEMAP_URL?.startsWith('http:')) return [];
  return ['SITE_SITEMAP_URL must be an https URL in production'];
}
