import type { AccountId } from '../accounts/account.ts';
import type { AccountStore, AccountSummary } from '../accounts/account-store.ts';
import type { Clock } from '../kernel/clock.ts';
import type { AccountUsage } from '../limits/account-limits.ts';
import type { AccountSpending } from '../limits/account-spending.ts';

export interface BrowsedAccount extends AccountSummary {
  readonly usage: AccountUsage;
}

export interface BrowsedAccounts {
  accounts: BrowsedAccount[];
  /** Where the next part begins. Absent at the end. */
  next: AccountId | undefined;
}

interface Deps {
  accounts: AccountStore;
  spending: AccountSpending;
  clock: Clock;
}

/**
 * Accounts, each with the number of its keys and its spending. Takes two queries for any number of
 * accounts.
 */
export class BrowseAccounts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Accounts in the order of their ids.
   *
   * @throws CafeError `database_unavailable`
   */
  async list(query: { limit: number; after?: AccountId | undefined }): Promise<BrowsedAccounts> {
    const { limit, after } = query;
    const { accounts, clock } = this.#deps;
    const found = await accounts.list({ limit: limit + 1, after, at: clock.now() });
    const some = found.slice(0, limit);
    const next = found.length > limit ? some.at(-1)?.id : undefined;
    return { accounts: await this.#withUsage(some), next };
  }

  /**
   * One account; `undefined` if there is none.
   *
   * @throws CafeError `database_unavailable`
   */
  async find(id: AccountId): Promise<BrowsedAccount | undefined> {
    const { accounts, clock } = this.#deps;
    const found = await accounts.list({ id, limit: 1, at: clock.now() });
    const [account] = await this.#withUsage(found);
    return account;
  }

  async #withUsage(summaries: readonly AccountSummary[]): Promise<BrowsedAccount[]> {
    const { spending, clock } = this.#deps;
    const ids = summaries.map(({ id }) => id);
    const usages = await spending.ofEach(ids, clock.now());
    return summaries.flatMap((summary, n) => {
      const usage = usages[n];
      return usage ? [{ ...summary, usage }] : [];
    });
  }
}
