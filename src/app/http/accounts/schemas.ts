import { z } from 'zod';
import { SCOPES } from '../../../domain/accounts/account.ts';
import { parseKeyName } from '../../../domain/accounts/manage-keys.ts';

const NAME = 'must be 1 to 100 characters without control characters';
const TIME = 'must be a time such as 2027-01-31T12:00:00Z';

/** The body of `POST /v1/keys`. */
export const NewKey = z.object({
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
    .nullish()
    .describe('In the future. Without it, the key does not expire'),
});

export const KeyParams = z.object({ id: z.string() });

const time = () => z.iso.datetime();
const dollars = () => z.number().describe('US dollars');

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

export const AccountDetails = z
  .strictObject({
    id: z.string(),
    createdAt: time(),
    scopes: z.array(z.enum(SCOPES)).describe('What the caller may do'),
    keyId: z.uuid().nullable().describe('The key of the caller; `null` for an access token'),
  })
  .meta({ id: 'Account' });

export const Limits = z
  .strictObject({
    imagesPerDay: z.int(),
    imagesToday: z.int(),
    usdPerDay: dollars().nullable(),
    usdToday: dollars(),
    usdPerMonth: dollars().nullable(),
    usdThisMonth: dollars(),
    jobsPerHour: z.int(),
    jobsThisHour: z.int(),
    concurrentJobs: z.int(),
    resetsAt: time().describe('The end of the day, in UTC'),
  })
  .meta({ id: 'Limits' });
