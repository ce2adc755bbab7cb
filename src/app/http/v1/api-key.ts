import { z } from 'zod';
import { SCOPES } from '../../../domain/accounts/account.ts';
import type { ApiKey } from '../../../domain/accounts/api-key.ts';
import { parseKeyName } from '../../../domain/accounts/manage-keys.ts';
import { LAST_MOMENT } from '../../../domain/kernel/day.ts';

const NAME = 'must be 1 to 100 characters without control characters';
const TIME = 'must be a time such as 2027-01-31T12:00:00Z';

/** The fields of a request for a new key, in the public and the admin API. */
export const NEW_KEY = {
  name: z
    .string()
    .transform((text, ctx) => {
      const name = parseKeyName(text);
      if (name !== undefined) return name;
      ctx.addIssue({ code: 'custom', message: NAME });
      return z.NEVER;
    })
    .describe('1 to 100 characters'),
  scopes: z.array(z.enum(SCOPES)).min(1).default(['generate', 'read']),
  expiresAt: z.iso
    .datetime({ offset: true, error: TIME })
    .transform((text) => Date.parse(text))
    // Only the UTC offset can make a time later than this.
    .refine((time) => time <= LAST_MOMENT, TIME)
    .nullish()
    .describe('In the future. Without it, the key does not expire'),
};

const time = () => z.iso.datetime();

/** A key as it is shown after its creation. */
export const Key = z
  .strictObject({
    id: z.uuid(),
    account: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    prefix: z.string().describe('The first nine characters'),
    lastFour: z.string().describe('The last four characters'),
    createdAt: time(),
    expiresAt: time().nullable(),
    revokedAt: time().nullable(),
    lastUsedAt: time().nullable().describe('To the minute'),
  })
  .meta({ id: 'Key' });

export const CreatedKey = z
  .strictObject({ ...Key.shape, key: z.string().describe('The key, which is never shown again') })
  .meta({ id: 'CreatedKey' });

export const Keys = z
  .strictObject({
    items: z.array(Key),
    nextCursor: z.string().nullable().describe('`null` at the end'),
  })
  .meta({ id: 'Keys' });

export type PresentedKey = z.infer<typeof Key>;
export type PresentedNewKey = z.infer<typeof CreatedKey>;

export function presentKey(key: ApiKey): PresentedKey {
  const { id, account, name, scopes, prefix, lastFour } = key;
  return {
    id,
    account,
    name,
    scopes: [...scopes],
    prefix,
    lastFour,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: timeOrNull(key.expiresAt),
    revokedAt: timeOrNull(key.revokedAt),
    lastUsedAt: timeOrNull(key.lastUsedAt),
  };
}

function timeOrNull(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
