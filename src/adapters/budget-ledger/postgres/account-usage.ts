import type { Day } from '../../../domain/kernel/day.ts';
import type { AccountUsage } from '../../../domain/limits/account-limits.ts';
import { daysOfMonth } from '../../postgres/budget-rows.ts';
import type { Database } from '../../postgres/database.ts';

/** What an account has used of its images and money. */
export type AccountSpending = Pick<
  AccountUsage,
  'imagesToday' | 'microUsdToday' | 'microUsdThisMonth'
>;

/**
 * Reads an account's sums in one query.
 *
 * @throws CafeError `database_unavailable`
 */
export async function readAccountUsage(
  database: Pick<Database, 'run'>,
  account: string,
  day: Day,
): Promise<AccountSpending> {
  const { first, last } = daysOfMonth(day);
  const days = await database.run((queries) =>
    queries
      .selectFrom('budget_days')
      .select(['day', 'pictures', 'cost_micro_usd as cost'])
      .where('account', '=', account)
      .where('day', '>=', first)
      .where('day', '<=', last)
      .execute(),
  );
  const today = days.find((each) => each.day === day);
  return {
    imagesToday: today?.pictures ?? 0,
    microUsdToday: today?.cost ?? 0,
    microUsdThisMonth: days.reduce((sum, { cost }) => sum + cost, 0),
  };
}
