import { z } from 'zod';
import { type AccountId, parseAccountId } from '../../../../domain/accounts/account.ts';
import type { BrowsedAccount } from '../../../../domain/admin/browse-accounts.ts';
import { LAST_MOMENT } from '../../../../domain/kernel/day.ts';
import { UUID } from '../../../../domain/kernel/uuid.ts';
import { NEW_KEY } from '../../v1/api-key.ts';
import { Dollars, dollars, Moment } from '../schemas.ts';

const NAME = 'must be 1 to 255 ASCII letters, digits and . _ @ | : + = ~ -, such as blog';

export const AccountName = z.string().transform((text, ctx): AccountId => {
  const id = parseAccountId(text);
  if (id !== undefined) return id;
  ctx.addIssue({ code: 'custom', message: NAME });
  return z.NEVER;
});

/** In a path, where some of its characters are escaped. */
export const AccountInPath = z.string().transform(unescaped).pipe(AccountName);

export const KeyId = z.string().regex(new RegExp(`^${UUID}$`), 'is not the ID of a key');

/** The place of a list of keys, in a cursor. */
export const KeyPlace = z.strictObject({ createdAt: z.int().min(0).max(LAST_MOMENT), id: KeyId });

/** The body of `POST /keys`. */
export const NewKey = z.strictObject({
  account: AccountName.describe('It is created if there is none of this name'),
  ...NEW_KEY,
});

export const Account = z
  .strictObject({
    id: z.string(),
    createdAt: Moment,
    usableKeys: z.int().describe('Keys that are neither revoked nor expired'),
    lastUsedAt: Moment.nullable().describe('The last use of one of its keys, to the minute'),
    imagesToday: z.int().describe('Pictures, including reserved ones'),
    dollars: z
      .strictObject({ today: Dollars, month: Dollars })
      .describe('Including reserved amounts. Days and months are UTC'),
  })
  .meta({ id: 'AdminAccount' });

export const Accounts = z
  .strictObject({ items: z.array(Account), nextCursor: z.string().nullable() })
  .meta({ id: 'AdminAccounts' });

export type PresentedAccount = z.infer<typeof Account>;

export function presentAccount(account: BrowsedAccount): PresentedAccount {
  const { id, createdAt, usableKeys, lastUsedAt, usage } = account;
  return {
    id,
    createdAt: new Date(createdAt).toISOString(),
    usableKeys,
    lastUsedAt: lastUsedAt === undefined ? null : new Date(lastUsedAt).toISOString(),
    imagesToday: usage.imagesToday,
    dollars: {
      today: dollars(usage.microUsdToday),
      month: dollars(usage.microUsdThisMonth),
    },
  };
}

/** Returns invalid escape sequences unchanged; they are no part of a name. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
