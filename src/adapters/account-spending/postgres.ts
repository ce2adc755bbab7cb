import { sql } from 'kysely';
import { dayAt } from '../../domain/kernel/day.ts';
import type { AccountUsage } from '../../domain/limits/account-limits.ts';
import type { AccountSpending } from '../../domain/limits/account-spending.ts';
import type { Database } from '../postgres/database.ts';

/** Reads the sums that the ledger keeps for each account and day, in one query. */
export class PostgresAccountSpending implements AccountSpending {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async of(account: string, at: number): Promise<AccountUsage> {
    const [usage] = await this.ofEach([account], at);
    return usage ?? UNUSED;
  }

  async ofEach(accounts: readonly string[], at: number): Promise<AccountUsage[]> {
    if (accounts.length === 0) return [];
    const today = dayAt(at);
    const month = today.slice(0, '2026/11'.length);
    const rows = await this.#database.run((queries) =>
      queries
        .selectFrom('budget_days')
        .select([
          'account',
          sql<number>`coalesce(sum(pictures) filter (where day = ${today}), 0)::int`.as('images'),
          sql<number>`coalesce(sum(cost_micro_usd) filter (where day = ${today}), 0)::bigint`.as(
            'today',
          ),
          sql<number>`sum(cost_micro_usd)::bigint`.as('month'),
        ])
        .where('account', 'in', accounts)
        .where('day', '>=', `${month}/01`)
        .where('day', '<=', `${month}/31`)
        .groupBy('account')
        .execute(),
    );
    const usages = new Map(rows.map((row) => [row.account, usageOf(row)]));
    return accounts.map((account) => usages.get(account) ?? UNUSED);
  }
}

const UNUSED: AccountUsage = {
  // No account can submit jobs yet.
  jobsThisHour: 0,
  concurrentJobs: 0,
  imagesToday: 0,
  microUsdToday: 0,
  microUsdThisMonth: 0,
};

function usageOf({ images, today, month }: Record<'images' | 'today' | 'month', number>) {
  return { ...UNUSED, imagesToday: images, microUsdToday: today, microUsdThisMonth: month };
}
