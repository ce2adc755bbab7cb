import { z } from 'zod';
import { SCOPES } from '../../../domain/accounts/account.ts';
import { parseKeyName } from '../../../domain/accounts/manage-keys.ts';

const NAME = 'must be 1 to 100 characters without control characters';
const TIME = 'must be a time such as 2027-01-31T12:00:00Z';

/** The body of `POST /v1/keys`. */
export const NewKey = z.object({
  name: z.string().transform((text, ctx) => {
    const name = parseKeyName(text);
    if (name !== undefined) return name;
    ctx.addIssue({ code: 'custom', message: NAME });
    return z.NEVER;
  }),
  scopes: z.array(z.enum(SCOPES)).min(1).default(['generate', 'read']),
  expiresAt: z.iso
    .datetime({ offset: true, error: TIME })
    .transform((text) => Date.parse(text))
    .nullish(),
});
