/**
 * The id of an account. The owner chooses it for accounts with API keys. For access tokens (JWT) it
 * is the `sub` claim, so a key that the owner makes for that id belongs to the same account.
 *
 * 1 to 255 characters: ASCII letters, digits and `. _ @ | : + = ~ -`, beginning with a letter or a
 * digit. OpenID Connect limits `sub` to 255 ASCII characters, and the common issuers use only these,
 * such as `auth0|5f7c` and `user_2abc`. Upper and lower case differ. An id is never normalised: two
 * different texts are two accounts.
 */
export type AccountId = string & { readonly brand: 'AccountId' };

const ACCOUNT_ID = /^[A-Za-z0-9][A-Za-z0-9._@|:+=~-]{0,254}$/;

/** `undefined` if the text cannot be an account's id. */
export function parseAccountId(text: string): AccountId | undefined {
  return ACCOUNT_ID.test(text) ? (text as AccountId) : undefined;
}

export interface Account {
  readonly id: AccountId;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

/**
 * What a caller may do with its own account. No scope includes another.
 *
 * - `generate`: submit work that costs money.
 * - `read`: read the account's work, images, limits and usage.
 * - `admin`: manage the account's API keys.
 */
export const SCOPES = ['generate', 'read', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** An authenticated caller. */
export interface Principal {
  readonly account: AccountId;
  readonly scopes: readonly Scope[];
  /** The API key it used; `undefined` for an access token. */
  readonly keyId: string | undefined;
}
