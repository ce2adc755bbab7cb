import { dollars, secrets, text, url, whole } from './values.ts';

/** Shorter secrets can be guessed from a token; RFC 7518 asks for as many bits as the hash has. */
const LEAST_SECRET_LENGTH = 32;

/** Variables of accounts: who may call the API, and how much each may use. */
export const ACCOUNT_VARIABLES = {
  AUTH_JWKS_URL: url()
    .optional()
    .describe(
      'Accepts access tokens (JWT) signed with the keys at this address. In production an https URL',
    ),
  AUTH_JWT_SECRET: secrets(LEAST_SECRET_LENGTH)
    .default([])
    .describe(
      'Use it instead of AUTH_JWKS_URL: the secret of at least 32 characters that signs the tokens (HS256). To change it, set the new and the old one for a while, comma-separated',
    ),
  AUTH_ISSUER: text()
    .optional()
    .describe(
      'The `iss` claim of the tokens, exactly, such as `https://tenant.auth0.com/`. Required for tokens',
    ),
  AUTH_AUDIENCE: text()
    .optional()
    .describe('A value that the `aud` claim of the tokens must contain. Required for tokens'),
  ACCOUNT_IMAGES_PER_DAY: whole(0, 1_000_000)
    .default(100)
    .describe('Pictures of one account per UTC day'),
  ACCOUNT_USD_PER_DAY: dollars()
    .optional()
    .describe('US dollars of one account per UTC day (default: no limit)'),
  ACCOUNT_USD_PER_MONTH: dollars()
    .optional()
    .describe('US dollars of one account per calendar month in UTC (default: no limit)'),
  ACCOUNT_JOBS_PER_HOUR: whole(0, 1_000_000)
    .default(500)
    .describe('Jobs that one account may submit per hour'),
  ACCOUNT_CONCURRENT_JOBS: whole(1, 1_000_000)
    .default(10)
    .describe('Jobs of one account that may be queued or running at the same time'),
};
