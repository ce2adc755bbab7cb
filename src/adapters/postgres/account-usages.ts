import { sql } from 'kysely';
import type { Day } from '../../domain/kernel/day.ts';
import type { AccountUsage } from '../../domain/limits/account-limits.ts';
import { daysOfMonth } from './budget-rows.ts';
import type { Queries } from './database.ts';

/** The usage of an account that has used nothing. */
export const UNUSED: AccountUsage = {
  // No account can submit jobs yet.
  jobsThisHour: 0,
  concurrentJobs: 0,
  imagesToday: 0,
  microUsdToday: 0,
  microUsdThisMonth: 0,
};

/** What some accounts have used on a day and in its month, in one query. Unused ones are missing. */
export async function accountUsages(
  queries: Queries,
  day: Day,
  accounts: readonly string[],
): Promise<Map<string, AccountUsage>> {
  if (accounts.length === 0) return new Map();
  const { first, last } = daysOfMonth(day);
  const rows = await queries
    .selectFrom('budget_days')
    .select([
      'account',
      sql<number>`coalesce(sum(pictures) filter (where day = ${day}), 0)::int`.as('images'),
      sql<number>`coalesce(sum(cost_micro_usd) filter (where day = ${day}), 0)::bigint`.as('today'),
      sql<number>`sum(cost_micro_usd)::bigint`.as('month'),
    ])
    .where('account', 'in', accounts)
    .where('day', '>=', first)
    .where('day', '<=', last)
    .groupBy('account')
    .execute();
  return new Map(
    rows.map(({ account, images, today, month }) => [
      account,
      { ...UNUSED, imagesToday: images, microUsdToday: today, microUsdThisMonth: month },
    ]),
  );
}
