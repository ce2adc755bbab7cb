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
    const today = dayAt(at);
    const month = today.slice(0, '2026/11'.length);
    const used = await this.#database.run((queries) =>
      queries
        .selectFrom('budget_days')
        .select([
          sql<number>`coalesce(sum(pictures) filter (where day = ${today}), 0)::int`.as('images'),
          sql<number>`coalesce(sum(cost_micro_usd) filter (where day = ${today}), 0)::bigint`.as(
            'today',
          ),
          sql<number>`coalesce(sum(cost_micro_usd), 0)::bigint`.as('month'),
        ])
        .where('account', '=', account)
        .where('day', '>=', `${month}/01`)
        .where('day', '<=', `${month}/31`)
        .executeTakeFirstOrThrow(),
    );
    return {
      // No account can submit jobs yet.
      jobsThisHour: 0,
      concurrentJobs: 0,
      imagesToday: used.images,
      microUsdToday: used.today,
      microUsdThisMonth: used.month,
    };
  }
}
