import {
  type AccountLimits,
  type AccountUsage,
  limitResetsAt,
} from '../../../domain/limits/account-limits.ts';

const HOUR = 3600;
const DAY = 86_400;

/**
 * The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): for each
 * limit its quota and window, what remains of it, and the seconds until it resets.
 */
export function rateLimitHeaders(
  limits: AccountLimits,
  usage: AccountUsage,
  now: number,
): Record<string, string> {
  const resets = limitResetsAt(now);
  const parts = [
    {
      name: 'jobs-per-hour',
      quota: limits.jobsPerHour,
      used: usage.jobsThisHour,
      window: HOUR,
      resetsAt: resets.hour,
    },
    {
      name: 'images-per-day',
      quota: limits.imagesPerDay,
      used: usage.imagesToday,
      window: DAY,
      resetsAt: resets.day,
    },
  ];
  const policies = parts.map(({ name, quota, window }) => `"${name}";q=${quota};w=${window}`);
  const states = parts.map(
    ({ name, quota, used, resetsAt }) =>
      `"${name}";r=${Math.max(0, quota - used)};t=${secondsUntil(resetsAt, now)}`,
  );
  return { 'RateLimit-Policy': policies.join(', '), RateLimit: states.join(', ') };
}

/** Rounded up, so that a client that waits this long does not retry too early. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000));
}
