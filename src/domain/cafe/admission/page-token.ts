import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Page } from '../../pages/page.ts';

/** Bytes of the code that a token is. */
const LENGTH = 16;

/**
 * Proves that the owner's site has the page: the first 16 bytes of HMAC-SHA-256 over type, line feed and
 * canonical path, in base64url. It holds for as long as the secret does.
 */
export function pageToken(secret: string, page: Page): string {
  return codeOf(secret, page).toString('base64url');
}

/** Tells tokens of pages from other text. */
export class PageTokens {
  readonly #secrets: readonly string[];

  /** @param secrets any of them makes a token valid, so that one can follow another */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** Takes as long whatever of the token is wrong. */
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
