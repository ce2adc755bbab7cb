import type { z } from 'zod';
import type { Account, Principal } from '../../../domain/accounts/account.ts';
import {
  type AccountLimits,
  type AccountUsage,
  limitResetsAt,
} from '../../../domain/limits/account-limits.ts';
import type { AccountDetails, Limits } from './schemas.ts';

export function presentAccount(
  { id, createdAt }: Account,
  { scopes, keyId }: Principal,
): z.infer<typeof AccountDetails> {
  return { id, createdAt: timeOf(createdAt), scopes: [...scopes], keyId: keyId ?? null };
}

/** `resetsAt` is the end of the day: it is the next reset of money and images. */
export function presentLimits(
  limits: AccountLimits,
  usage: AccountUsage,
  now: number,
): z.infer<typeof Limits> {
  return {
    imagesPerDay: limits.imagesPerDay,
    imagesToday: usage.imagesToday,
    usdPerDay: dollarsOrNull(limits.microUsdPerDay),
    usdToday: dollarsOf(usage.microUsdToday),
    usdPerMonth: dollarsOrNull(limits.microUsdPerMonth),
    usdThisMonth: dollarsOf(usage.microUsdThisMonth),
    jobsPerHour: limits.jobsPerHour,
    jobsThisHour: usage.jobsThisHour,
    concurrentJobs: limits.concurrentJobs,
    resetsAt: timeOf(limitResetsAt(now).day),
  };
}

function timeOf(moment: number): string {
  return new Date(moment).toISOString();
}

function dollarsOf(microUsd: number): number {
  return microUsd / 1e6;
}

/** `null` for no limit. */
function dollarsOrNull(microUsd: number | undefined): number | null {
  return microUsd === undefined ? null : dollarsOf(microUsd);
}
