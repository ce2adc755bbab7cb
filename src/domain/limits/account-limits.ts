import { DAY_MS } from '../kernel/day.ts';

/** What one account may use. Money is in millionths of a US dollar; `undefined` is no limit. */
export interface AccountLimits {
  readonly imagesPerDay: number;
  readonly microUsdPerDay: number | undefined;
  readonly microUsdPerMonth: number | undefined;
  readonly jobsPerHour: number;
  /** Jobs that are queued or running. */
  readonly concurrentJobs: number;
}

/**
 * What an account has used in the current hour, day and month (UTC). A reservation counts with its
 * reserved amount until it is settled, and one whose outcome is unknown counts as spent.
 */
export interface AccountUsage {
  readonly jobsThisHour: number;
  /** Jobs that are queued or running now. */
  readonly concurrentJobs: number;
  readonly imagesToday: number;
  readonly microUsdToday: number;
  readonly microUsdThisMonth: number;
}

/** What a request would add to the usage. */
export interface AccountDemand {
  readonly jobs: number;
  readonly images: number;
  /** The most it may cost. */
  readonly microUsd: number;
}

export type AccountLimit =
  | 'imagesPerDay'
  | 'usdPerDay'
  | 'usdPerMonth'
  | 'jobsPerHour'
  | 'concurrentJobs';

export type LimitDecision =
  | { isAllowed: true }
  | {
      isAllowed: false;
      /** The limit that would be exceeded. Of several, the one that resets last. */
      limit: AccountLimit;
      /**
       * When the limit resets, in milliseconds since the Unix epoch. Absent if that is unknown: a job must
       * end first, or the request alone exceeds the limit.
       */
      resetsAt: number | undefined;
      /** The request alone exceeds the limit, so waiting does not help. */
      isForGood: boolean;
    };

/** When the current hour, day and month end, in milliseconds since the Unix epoch (UTC). */
export interface LimitResets {
  hour: number;
  day: number;
  month: number;
}

export const HOUR_MS = 3_600_000;

export function limitResetsAt(now: number): LimitResets {
  const date = new Date(now);
  return {
    hour: now - (now % HOUR_MS) + HOUR_MS,
    day: now - (now % DAY_MS) + DAY_MS,
    month: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1),
  };
}

/**
 * Whether the limit is for money or images. Work that exceeds such a limit may wait for the reset. Work that
 * exceeds another limit is refused at once.
 */
export function isBudget(limit: AccountLimit): boolean {
  return limit === 'imagesPerDay' || limit === 'usdPerDay' || limit === 'usdPerMonth';
}

/**
 * Whether a request fits within the limits of its account. Reaching a limit exactly is allowed.
 *
 * The decision is as exact as its usage: read the usage and write the reservation in one
 * transaction, so that concurrent requests cannot pass together.
 */
export function checkAccountLimits(options: {
  limits: AccountLimits;
  usage: AccountUsage;
  demand: AccountDemand;
  now: number;
}): LimitDecision {
  const exceeded = claimsOn(options).filter(({ used, asked, most }) => used + asked > most);
  const worst = exceeded.reduce<LimitClaim | undefined>(
    (last, claim) => (last && waitFor(last) >= waitFor(claim) ? last : claim),
    undefined,
  );
  if (!worst) return { isAllowed: true };
  const isForGood = worst.asked > worst.most;
  return {
    isAllowed: false,
    limit: worst.limit,
    resetsAt: isForGood ? undefined : worst.resetsAt,
    isForGood,
  };
}

interface LimitClaim {
  limit: AccountLimit;
  used: number;
  asked: number;
  most: number;
  resetsAt: number | undefined;
}

/** The result for each limit. If several reset at the same time, the first of them is reported. */
function claimsOn({
  limits,
  usage,
  demand,
  now,
}: Parameters<typeof checkAccountLimits>[0]): LimitClaim[] {
  const resets = limitResetsAt(now);
  return [
    {
      limit: 'usdPerMonth',
      used: usage.microUsdThisMonth,
      asked: demand.microUsd,
      most: limits.microUsdPerMonth ?? Number.POSITIVE_INFINITY,
      resetsAt: resets.month,
    },
    {
      limit: 'usdPerDay',
      used: usage.microUsdToday,
      asked: demand.microUsd,
      most: limits.microUsdPerDay ?? Number.POSITIVE_INFINITY,
      resetsAt: resets.day,
    },
    {
      limit: 'imagesPerDay',
      used: usage.imagesToday,
      asked: demand.images,
      most: limits.imagesPerDay,
      resetsAt: resets.day,
    },
    {
      limit: 'jobsPerHour',
      used: usage.jobsThisHour,
      asked: demand.jobs,
      most: limits.jobsPerHour,
      resetsAt: resets.hour,
    },
    {
      limit: 'concurrentJobs',
      used: usage.concurrentJobs,
      asked: demand.jobs,
      most: limits.concurrentJobs,
      resetsAt: undefined,
    },
  ];
}

/**
 * The sort key, longest wait first: requests that never fit, then known resets, then limits without
 * a known reset.
 */
function waitFor({ asked, most, resetsAt }: LimitClaim): number {
  return asked > most ? Number.POSITIVE_INFINITY : (resetsAt ?? 0);
}
