import type { Account, Principal } from '../../../domain/accounts/account.ts';
import type { ApiKey } from '../../../domain/accounts/api-key.ts';
import {
  type AccountLimits,
  type AccountUsage,
  limitResetsAt,
} from '../../../domain/limits/account-limits.ts';

export function presentKey(key: ApiKey) {
  const { id, account, name, scopes, prefix, lastFour } = key;
  return {
    id,
    account,
    name,
    scopes,
    prefix,
    lastFour,
    createdAt: timeOf(key.createdAt),
    expiresAt: timeOf(key.expiresAt),
    revokedAt: timeOf(key.revokedAt),
    lastUsedAt: timeOf(key.lastUsedAt),
  };
}

export function presentAccount({ id, createdAt }: Account, { scopes, keyId }: Principal) {
  return { id, createdAt: timeOf(createdAt), scopes, keyId: keyId ?? null };
}

/** `resetsAt` is the end of the day: it is the next reset of money and images. */
export function presentLimits(limits: AccountLimits, usage: AccountUsage, now: number) {
  return {
    imagesPerDay: limits.imagesPerDay,
    imagesToday: usage.imagesToday,
    usdPerDay: dollarsOf(limits.microUsdPerDay),
    usdToday: dollarsOf(usage.microUsdToday),
    usdPerMonth: dollarsOf(limits.microUsdPerMonth),
    usdThisMonth: dollarsOf(usage.microUsdThisMonth),
    jobsPerHour: limits.jobsPerHour,
    jobsThisHour: usage.jobsThisHour,
    concurrentJobs: limits.concurrentJobs,
    resetsAt: timeOf(limitResetsAt(now).day),
  };
}

function timeOf(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}

/** `null` for no limit. */
function dollarsOf(microUsd: number | undefined): number | null {
  return microUsd === undefined ? null : microUsd / 1e6;
}
