import { z } from 'zod';
import { SCOPES } from '../../../domain/accounts/account.ts';
import { NEW_KEY } from '../v1/api-key.ts';

/** The body of `POST /v1/keys`. */
export const NewKey = z.object(NEW_KEY);

export const KeyParams = z.object({ id: z.string() });

const time = () => z.iso.datetime();
const dollars = () => z.number().describe('US dollars');

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
