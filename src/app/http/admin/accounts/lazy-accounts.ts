import type { ManageKeys } from '../../../../domain/accounts/manage-keys.ts';
import type { BrowseAccounts } from '../../../../domain/admin/browse-accounts.ts';
import { Refusal } from '../../refusal.ts';

/** Accounts and keys. The database is opened at the first use. */
export interface LazyAccounts {
  /** @throws CafeError `database_unavailable` */
  open(): Promise<{ browseAccounts: BrowseAccounts; manageKeys: ManageKeys }>;
}

/** @throws Refusal `accounts_off` without the API with accounts */
export function openAccounts(accounts: LazyAccounts | undefined): ReturnType<LazyAccounts['open']> {
  if (accounts) return accounts.open();
  throw new Refusal(
    'accounts_off',
    'This service has no accounts. Set DATABASE_URL or, in development, STUDIO=on.',
  );
}
