import type { AccountUsage } from './account-limits.ts';

/** The usage of accounts, over all replicas. */
export interface AccountSpending {
  /**
   * The usage of an account in the hour, day and month (UTC) of the given time. All values are 0 if
   * the account has used nothing or does not exist.
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
