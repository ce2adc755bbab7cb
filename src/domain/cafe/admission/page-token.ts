import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Page } from '../../pages/page.ts';

/** Length of the authentication code in bytes. */
const LENGTH = 16;

/**
 * Proves that the owner's site has the page: the first 16 bytes of HMAC-SHA-256 over type, line
 * feed and canonical path, in base64url. Valid as long as the secret is.
 */
export function pageToken(secret: string, page: Page): string {
  return codeOf(secret, page).toString('base64url');
}

/** Verifies page tokens. */
export class PageTokens {
  readonly #secrets: readonly string[];

  /** @param secrets a token of any of them is valid, so that secrets can be rotated */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** Takes constant time, wherever the token differs. */
  isTokenOf(page: Page, token: string): boolean {
    const given = Buffer.from(token, 'base64url');
    if (given.length !== LENGTH) return false;
    const matches = this.#secrets.map((secret) => timingSafeEqual(codeOf(secret, page), given));
    return matches.includes(true);
  }
}

function codeOf(secret: string, { type, path }: Page): Buffer {
  return createHmac('sha256', secret).update(`${type}\n${path}`).digest().subarray(0, LENGTH);
}
