import { PostgresAccountSpending } from '../../../adapters/account-spending/postgres.ts';
import { PostgresAccountStore } from '../../../adapters/account-store/postgres.ts';
import type { Database } from '../../../adapters/postgres/database.ts';
import { type AccountId, SCOPES } from '../../../domain/accounts/account.ts';
import { Authenticate } from '../../../domain/accounts/authenticate.ts';
import { ManageKeys } from '../../../domain/accounts/manage-keys.ts';
import type { TokenVerifier } from '../../../domain/accounts/token-verifier.ts';
import { BrowseAccounts } from '../../../domain/admin/browse-accounts.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { AddressCounter } from '../../../domain/limits/counters.ts';
import type { Config } from '../../config/config.ts';

/** Wrong credentials are counted over a quarter of an hour. */
const FAILURES = { windowMs: 900_000, capacity: 100_000 };
/** The account of the key that development prints. */
const DEVELOPMENT = 'development' as AccountId;

export type Studio = Awaited<ReturnType<typeof openStudio>>;

interface StudioDeps {
  database: Database;
  clock: Clock;
  notice: Notice;
}

/**
 * The services of the API with accounts.
 *
 * @param developmentKey a key that is accepted besides those of the database
 * @throws CafeError `database_unavailable`
 */
export async function openStudio(
  config: Config,
  { database, clock, notice }: StudioDeps,
  developmentKey: string | undefined,
) {
  const accounts = new PostgresAccountStore(database);
  const spending = new PostgresAccountSpending(database);
  const manageKeys = new ManageKeys({ accounts, clock });
  if (developmentKey !== undefined) {
    const request = { account: DEVELOPMENT, name: 'development', scopes: SCOPES };
    const reason = await manageKeys.keep(developmentKey, request);
    if (reason) {
      notice('the API key of development is not accepted; revoke others of its account', {
        reason,
      });
    }
  }
  const authenticate = new Authenticate({
    accounts,
    tokens: await openTokens(config, clock),
    failures: new AddressCounter({ clock, ...FAILURES }),
    notice,
    clock,
  });
  return {
    accounts,
    manageKeys,
    authenticate,
    spending,
    browseAccounts: new BrowseAccounts({ accounts, spending, clock }),
    limits: config.accounts.limits,
    clock,
    close: () => authenticate.close(),
  };
}

async function openTokens(config: Config, clock: Clock): Promise<TokenVerifier | undefined> {
  const { tokens } = config.accounts;
  if (!tokens) return undefined;
  const { JoseTokenVerifier } = await import('../../../adapters/token-verifier/jose.ts');
  return new JoseTokenVerifier({ ...tokens, clock });
}
