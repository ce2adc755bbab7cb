import { z } from 'zod';
import { Refusal } from '../../refusal.ts';
import { type AdminRoute, route } from '../admin-route.ts';
import { badCursor, Cursor, cursorOf, Limit, placeIn } from '../schemas.ts';
import { type LazyAccounts, openAccounts } from './lazy-accounts.ts';
import { Account, AccountInPath, AccountName, Accounts, presentAccount } from './schemas.ts';

export function accountRoutes({ studio }: { studio: LazyAccounts | undefined }): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/accounts',
      summary: 'The accounts by name, with their keys in numbers and what they have spent.',
      query: z.strictObject({ limit: Limit, cursor: Cursor }),
      answer: Accounts,
      errors: ['accounts_off'],
      async handle({ query: { limit, cursor } }) {
        const { browseAccounts } = await openAccounts(studio);
        const after = cursor === undefined ? undefined : placeIn(cursor, AccountName);
        if (cursor !== undefined && after === undefined) throw badCursor();
        const { accounts, next } = await browseAccounts.list({ limit, after });
        const nextCursor = next === undefined ? null : cursorOf(next);
        return { body: { items: accounts.map(presentAccount), nextCursor } };
      },
    }),
    route({
      method: 'GET',
      path: '/accounts/:id',
      summary: 'One account.',
      params: z.strictObject({ id: AccountInPath }),
      answer: Account,
      errors: ['accounts_off'],
      async handle({ params: { id } }) {
        const { browseAccounts } = await openAccounts(studio);
        const account = await browseAccounts.find(id);
        if (!account) throw new Refusal('not_found', 'There is no account of this name.');
        return { body: presentAccount(account) };
      },
    }),
  ];
}
