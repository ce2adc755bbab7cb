import type { AccountId } from '../../../domain/accounts/account.ts';
import type { AccountStore } from '../../../domain/accounts/account-store.ts';
import {
  type KeyCreation,
  MAX_KEYS,
  type ManageKeys,
} from '../../../domain/accounts/manage-keys.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import { UUID } from '../../../domain/kernel/uuid.ts';
import type { AccountLimits, AccountUsage } from '../../../domain/limits/account-limits.ts';
import { presentKey } from '../v1/api-key.ts';
import { bodyOf, parseInput } from '../v1/input.ts';
import { ListQuery, presentPage } from '../v1/list-page.ts';
import { requireScope, type V1Context, type V1Router } from '../v1/principal.ts';
import { Problem } from '../v1/problem.ts';
import { rateLimitHeaders } from '../v1/rate-limit-headers.ts';
import { presentAccount, presentLimits } from './present.ts';
import { NewKey } from './schemas.ts';

export interface AccountRoutesDeps {
  accounts: Pick<AccountStore, 'find'>;
  manageKeys: ManageKeys;
  limits: AccountLimits;
  /** What an account has used. */
  usageOf(account: AccountId): Promise<AccountUsage>;
  clock: Clock;
}

const KEY_ID = new RegExp(`^${UUID}$`);

/** Routes with which a caller reads its own account and manages its keys. */
export function addAccountRoutes(router: V1Router, deps: AccountRoutesDeps): void {
  const { accounts, manageKeys, limits, usageOf, clock } = deps;

  router.get('/v1/account', requireScope('read'), async (ctx) => {
    const { principal } = ctx.state;
    const account = await accounts.find(principal.account);
    // The account was deleted after authentication.
    if (!account) throw new Problem('not_found', 'There is no such account any more.');
    ctx.body = presentAccount(account, principal);
  });

  router.get('/v1/limits', requireScope('read'), async (ctx) => {
    const usage = await usageOf(ctx.state.principal.account);
    const now = clock.now();
    ctx.set(rateLimitHeaders(limits, usage, now));
    ctx.body = presentLimits(limits, usage, now);
  });

  router.get('/v1/keys', requireScope('admin'), async (ctx) => {
    const { limit, cursor: after } = parseInput(ListQuery, { ...ctx.query }, 'The query');
    const { account } = ctx.state.principal;
    const { keys, next } = await manageKeys.list({ account, limit, after });
    ctx.body = presentPage(keys.map(presentKey), next);
  });

  router.post('/v1/keys', requireScope('admin'), async (ctx) => {
    const { name, scopes, expiresAt } = await bodyOf(ctx.req, NewKey);
    const { account } = ctx.state.principal;
    const request = { account, name, scopes, expiresAt: expiresAt ?? undefined };
    const { key, text } = createdOr(await manageKeys.create(request));
    ctx.status = 201;
    ctx.body = { ...presentKey(key), key: text };
  });

  router.delete('/v1/keys/:id', requireScope('admin'), async (ctx) => {
    if (!(await revoke(ctx, manageKeys))) throw new Problem('not_found', 'There is no such key.');
    ctx.status = 204;
  });
}

async function revoke(ctx: V1Context, manageKeys: ManageKeys): Promise<boolean> {
  const { id = '' } = ctx.params;
  if (!KEY_ID.test(id)) return false;
  return (await manageKeys.revoke(id, ctx.state.principal.account)) !== undefined;
}

/** @throws Problem for a key that was not created */
function createdOr(creation: KeyCreation): Exclude<KeyCreation, { refused: unknown }> {
  if (!('refused' in creation)) return creation;
  switch (creation.refused) {
    case 'already_expired': {
      const message = 'must be in the future';
      throw new Problem('invalid_request', `\`expiresAt\`: ${message}`, {
        errors: [{ path: 'expiresAt', message }],
      });
    }
    case 'too_many_keys':
      throw new Problem('conflict', `An account has at most ${MAX_KEYS} keys. Revoke one first.`);
    case 'no_account':
      throw new Problem('conflict', 'The account was deleted meanwhile.');
  }
}
