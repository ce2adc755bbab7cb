import { isNotAmazons } from './adapter-config.ts';
import type { Config } from './config.ts';

/**
 * Warnings about insecure or ineffective settings, one line each.
 *
 * @param dearestMicroUsd the maximum cost of an image, in millionths of a US dollar
 */
export function gapsIn(config: Config, dearestMicroUsd: number): string[] {
  const { allowedOrigins, store, production } = config;
  const dollarBudgets = [
    { name: 'DAILY_BUDGET_USD', microUsd: config.dailyMicroUsd },
    { name: 'MONTHLY_BUDGET_USD', microUsd: config.monthlyMicroUsd },
  ];
  const gaps = [
    {
      isOpen: allowedOrigins.length === 0,
      gap: 'CORS_ALLOWED_ORIGINS is not set: browsers on other origins cannot read the responses',
    },
    {
      isOpen: store.kind === 's3' && isNotAmazons(store.endpoint) && !store.publicBaseUrl,
      gap: 'PUBLIC_IMAGE_BASE_URL is not set: picture URLs will point to Amazon, but the store is elsewhere',
    },
    {
      isOpen: production && config.healFallbacks && config.dailyBudget === 1,
      gap: 'HEAL_FALLBACKS has no effect: it gets half of the budget, and half of one picture is none',
    },
    {
      isOpen: production && config.isReviewedBefore && !config.admin.token,
      gap: 'REVIEW=before never publishes a new picture: approving one requires ADMIN_TOKEN',
    },
    // An explicit 0 is intended.
    ...dollarBudgets.map(({ name, microUsd = 0 }) => ({
      isOpen: microUsd > 0 && microUsd < dearestMicroUsd,
      gap: `${name} allows no picture: one may cost $${dearestMicroUsd / 1e6}`,
    })),
  ];
  return gaps.filter(({ isOpen }) => isOpen).map(({ gap }) => gap);
}
