import type { AccountUsage } from './account-limits.ts';

/** What accounts have used, over all replicas. */
export interface AccountSpending {
  /**
   * The usage of an account in the hour, day and month (UTC) of a moment. An account that has used
   * nothing, or does not exist, has zeros.
   *
   * @param at milliseconds since the Unix epoch
   * @throws CafeError `database_unavailable`
   */
  of(account: string, at: number): Promise<AccountUsage>;

  /**
   * The same for several accounts, in their order, in one call.
   *
   * @throws CafeError `database_unavailable`
   */
  ofEach(accounts: readonly string[], at: number): Promise<AccountUsage[]>;
}
