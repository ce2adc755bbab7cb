import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, Scope } from './account.ts';

/** What the service keeps of an API key. The key itself is shown once and cannot be recovered. */
export interface ApiKey {
  /** A lower-case UUID. */
  readonly id: string;
  readonly account: AccountId;
  /** Chosen by the account, 1 to 100 characters. Names may repeat. */
  readonly name: string;
  /** At least one. */
  readonly scopes: readonly Scope[];
  /** `cafe_` and the first four characters of the secret, so that the owner recognises the key. */
  readonly prefix: string;
  /** The last four characters. They belong to the checksum and reveal nothing of the secret. */
  readonly lastFour: string;
  /** Milliseconds since the Unix epoch, as the other times. */
  readonly createdAt: number;
  /** From this moment on the key is refused. Absent if it does not expire. */
  readonly expiresAt?: number | undefined;
  /** Absent if it was not revoked. */
  readonly revokedAt?: number | undefined;
  /** The minute of the last use. Absent if it was never used. */
  readonly lastUsedAt?: number | undefined;
}

/** An API key as it is stored. */
export interface StoredKey extends ApiKey {
  /**
   * SHA-256 of the whole key, as 64 lower-case hexadecimal digits. A fast hash is enough, because
   * 256 random bits cannot be guessed.
   */
  readonly digest: string;
}

const START = 'cafe_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** Characters in base62: 43 hold any 32 bytes, and 6 hold any 4 bytes. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const CHECKSUM_BYTES = 4;
const FORM = new RegExp(`^${START}([0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}})$`);

/**
 * A new API key: `cafe_`, 32 random bytes in base62 (43 characters) and a checksum (6 characters).
 */
export function newApiKeyText(random: Uint8Array = randomBytes(SECRET_BYTES)): string {
  const secret = base62(random, SECRET_LENGTH);
  return START + secret + checksumOf(secret);
}

/** Whether a text claims to be an API key. An access token never begins like one. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(START);
}

/**
 * The digest of a well-formed API key; `undefined` for any other text. The checksum finds mistyped
 * and invented keys without a look-up. It is not secret, so its comparison need not take constant
 * time.
 */
export function apiKeyDigest(text: string): string | undefined {
  const [, body = ''] = FORM.exec(text) ?? [];
  const secret = body.slice(0, SECRET_LENGTH);
  if (body === '' || body.slice(SECRET_LENGTH) !== checksumOf(secret)) return undefined;
  return sha256(text).toString('hex');
}

/** The visible parts of a well-formed key. */
export function visiblePartsOf(text: string): Pick<ApiKey, 'prefix' | 'lastFour'> {
  return { prefix: text.slice(0, START.length + 4), lastFour: text.slice(-4) };
}

/** Why a known key is refused at the given time; `undefined` if it is accepted. */
export function faultOf(key: ApiKey, now: number): 'revoked_key' | 'expired_key' | undefined {
  if (key.revokedAt !== undefined) return 'revoked_key';
  return key.expiresAt !== undefined && now >= key.expiresAt ? 'expired_key' : undefined;
}

/** The checksum also covers the prefix, so that it never matches a key of another service. */
function checksumOf(secret: string): string {
  return base62(sha256(START + secret).subarray(0, CHECKSUM_BYTES), CHECKSUM_LENGTH);
}

/** Padded, so that all keys have the same length. */
function base62(bytes: Uint8Array, length: number): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let at = 0; at < length; at += 1) {
    text = ALPHABET.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return text;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
