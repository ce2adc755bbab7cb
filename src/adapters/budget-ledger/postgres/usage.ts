import type { Day } from '../../../domain/kernel/day.ts';
import {
  type AccountLimits,
  type AccountUsage,
  checkAccountLimits,
} from '../../../domain/limits/account-limits.ts';
import { accountUsages, UNUSED } from '../../postgres/account-usages.ts';
import type { CountedRows } from '../../postgres/budget-rows.ts';
import type { Queries } from '../../postgres/database.ts';
import { type Amounts, fits, leftOf, withOneMore } from '../days/day-counter.ts';
import type { StoredGeneration } from '../days/stored-day.ts';
import type { Waiter } from '../reservation-queue.ts';

/** What is known while the month is locked. */
export interface Findings {
  day: Day;
  limits: Amounts;
  rows: CountedRows;
  /** Generations that only the store has. */
  unrecorded: readonly StoredGeneration[];
  /** The store says that the day is over. */
  isFolded: boolean;
  /** The ids of reservations whose process has crashed. */
  lost: ReadonlySet<string>;
  accounts: AccountFindings;
}

/** The limits per account, and what the accounts of some callers have used. */
interface AccountFindings {
  limits: AccountLimits;
  usages: ReadonlyMap<string, AccountUsage>;
  /** Milliseconds since the Unix epoch. */
  now: number;
}

const NO_ACCOUNT_LIMITS: AccountLimits = {
  imagesPerDay: Number.POSITIVE_INFINITY,
  microUsdPerDay: undefined,
  microUsdPerMonth: undefined,
  jobsPerHour: Number.POSITIVE_INFINITY,
  concurrentJobs: Number.POSITIVE_INFINITY,
};

/** Reads what the callers' accounts have used, under the month's lock. */
export async function findAccounts(
  queries: Queries,
  waiters: readonly Waiter[],
  asked: { accountLimits: AccountLimits | undefined; day: Day; now: number },
): Promise<AccountFindings> {
  const accounts = waiters.flatMap(({ draft }) => draft.account ?? []);
  const usages = await accountUsages(queries, asked.day, [...new Set(accounts)]);
  return { limits: asked.accountLimits ?? NO_ACCOUNT_LIMITS, usages, now: asked.now };
}

/**
 * The callers whose calls still fit, considered in order: into the service's limits, and into the
 * limits of their accounts.
 */
export function admit(findings: Findings, waiters: readonly Waiter[]): Waiter[] {
  const { limits, usages, now } = findings.accounts;
  let left = leftOf(findings.limits, findings.rows);
  const used = new Map(usages);
  return waiters.filter(({ draft: { account, reservedMicroUsd: price } }) => {
    if (!fits(leftOf(left, unrecordedAt(findings, price)), price)) return false;
    if (account !== undefined) {
      const usage = used.get(account) ?? UNUSED;
      const demand = { jobs: 0, images: 1, microUsd: price };
      if (!checkAccountLimits({ limits, usage, demand, now }).isAllowed) return false;
      used.set(account, withOneImage(usage, price));
    }
    left = withOneMore(left, price);
    return true;
  });
}

function withOneImage(usage: AccountUsage, price: number): AccountUsage {
  return {
    ...usage,
    imagesToday: usage.imagesToday + 1,
    microUsdToday: usage.microUsdToday + price,
    microUsdThisMonth: usage.microUsdThisMonth + price,
  };
}

/**
 * Calls at this price (in millionths of a US dollar) or above can never fit again under these
 * limits, because settled and lost amounts leave no room. `Infinity` if unknown.
 */
export function fullFrom(findings: Findings, waiters: readonly Waiter[]): number {
  const { day, limits, rows, lost } = findings;
  const mayReturn = rows.reserved.filter(({ id }) => !lost.has(id));
  const ofDay = mayReturn.filter((reserved) => reserved.day === day);
  const final = leftOf(rows, {
    pictures: ofDay.length,
    dayMicroUsd: costOf(ofDay),
    monthMicroUsd: costOf(mayReturn),
  });
  const left = leftOf(limits, final);
  const neverFits = (price: number) => !fits(leftOf(left, unrecordedAt(findings, price)), price);
  const dearest = Math.max(0, ...waiters.map(({ draft }) => draft.reservedMicroUsd));
  return [0, dearest].find(neverFits) ?? Number.POSITIVE_INFINITY;
}

/** A generation of unknown cost counts as much as the requested call. */
function unrecordedAt({ unrecorded, isFolded }: Findings, price: number): Amounts {
  const cost = unrecorded.reduce((sum, { costMicroUsd = price }) => sum + costMicroUsd, 0);
  const pictures = isFolded ? Number.POSITIVE_INFINITY : unrecorded.length;
  return { pictures, dayMicroUsd: cost, monthMicroUsd: cost };
}

function costOf(reserved: readonly { costMicroUsd: number }[]): number {
  return reserved.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
}
