import { dayAt } from '../../domain/kernel/day.ts';
import type { AccountUsage } from '../../domain/limits/account-limits.ts';
import type { AccountSpending } from '../../domain/limits/account-spending.ts';
import { accountUsages, UNUSED } from '../postgres/account-usages.ts';
import type { Database } from '../postgres/database.ts';

/** Reads the sums that the ledger keeps for each account and day. */
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
    const usages = await this.#database.run((queries) =>
      accountUsages(queries, dayAt(at), accounts),
    );
    return accounts.map((account) => usages.get(account) ?? UNUSED);
  }
}
