import { isNotAmazons } from './adapter-config.ts';
import type { Config } from './config.ts';

/**
 * What is left open, or can never happen, and will hardly be meant so, a line each.
 *
 * @param dearestMicroUsd the most that a picture can cost, in millionths of a US dollar
 */
export function gapsIn(config: Config, dearestMicroUsd: number): string[] {
  const { allowedOrigins, store } = config;
  const dollarBudgets = [
    { name: 'DAILY_BUDGET_USD', microUsd: config.dailyMicroUsd },
    { name: 'MONTHLY_BUDGET_USD', microUsd: config.monthlyMicroUsd },
  ];
  const unknownUrl = store.kind === 's3' && isNotAmazons(store.endpoint) && !store.publicBaseUrl;
  return [
    ...(allowedOrigins.length === 0
      ? ['CORS_ALLOWED_ORIGINS is not set: no browser on another origin may read the answers']
      : []),
    ...(unknownUrl
      ? ["PUBLIC_IMAGE_BASE_URL is not set: pictures' URLs will be Amazon's, and the store is not"]
      : []),
    ...(config.production && config.healFallbacks && config.dailyBudget === 1
      ? ['HEAL_FALLBACKS heals nothing: half of a budget of one picture is none']
      : []),
    ...(config.isReviewedBefore && config.production && !config.admin.token
      ? ['REVIEW=before shows no new picture ever: without ADMIN_TOKEN nobody can approve one']
      : []),
    // Who says 0 means it.
    ...dollarBudgets
      .filter(({ microUsd = 0 }) => microUsd > 0 && microUsd < dearestMicroUsd)
      .map(({ name }) => `${name} buys nothing: a picture may cost $${dearestMicroUsd / 1e6}`),
  ];
}
