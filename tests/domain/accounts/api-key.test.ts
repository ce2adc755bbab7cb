import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApiKey,
  apiKeyDigest,
  faultOf,
  looksLikeApiKey,
  newApiKeyText,
  visiblePartsOf,
} from '../../../src/domain/accounts/api-key.ts';

const FORM = /^cafe_[0-9A-Za-z]{49}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('an API key', () => {
  it('is cafe_ with 49 letters and digits, whatever its bytes', () => {
    const extremes = [0, 255].map((byte) => newApiKeyText(new Uint8Array(32).fill(byte)));
    for (const text of [...extremes, newApiKeyText()]) {
      expect(text).toMatch(FORM);
      expect(apiKeyDigest(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('stays what it is: another version must read the keys of this one', () => {
    const text = newApiKeyText(Uint8Array.from({ length: 32 }, (_, n) => n));
    expect(text).toBe('cafe_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf2wOaSB');
  });

  it('differs for every 32 bytes', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const areSame = Buffer.compare(one, other) === 0;
        expect(newApiKeyText(one) === newApiKeyText(other)).toBe(areSame);
        expect(apiKeyDigest(newApiKeyText(one))).toBeDefined();
      }),
    );
  });

  it('is drawn from 256 random bits', () => {
    const keys = Array.from({ length: 1000 }, () => newApiKeyText());
    expect(new Set(keys.map((key) => key.slice(5, 48))).size).toBe(1000);
    const letters = new Set(keys.flatMap((key) => [...key.slice(10, 48)]));
    expect(letters.size).toBe(62);
  });

  it('is not well-formed any more after any one change', () => {
    const key = newApiKeyText();
    const change = fc.tuple(fc.nat(key.length - 1), fc.constantFrom(...ALPHABET, '-', ' ', 'é'));
    fc.assert(
      fc.property(change, ([at, letter]) => {
        const changed = key.slice(0, at) + letter + key.slice(at + 1);
        if (changed !== key) expect(apiKeyDigest(changed)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', ''],
    ['its start alone', 'cafe_'],
    ['a digest', 'a'.repeat(64)],
    ['a wrong checksum', `cafe_${'0'.repeat(49)}`],
  ])('is not %s', (_, text) => {
    expect(apiKeyDigest(text)).toBeUndefined();
  });

  it.each([
    ['a line break after it', (key: string) => `${key}\n`],
    ['a blank before it', (key: string) => ` ${key}`],
    ['another start', (key: string) => key.replace('cafe_', 'CAFE_')],
    ['one letter less', (key: string) => key.slice(0, -1)],
    ['one letter more', (key: string) => `${key}0`],
    [
      'another case',
      (key: string) => key.replace(/[a-z](?!afe_)/, (letter) => letter.toUpperCase()),
    ],
  ])('is not well-formed with %s', (_, change) => {
    expect(apiKeyDigest(change(newApiKeyText()))).toBeUndefined();
  });

  it('is told from an access token by its start', () => {
    expect(looksLikeApiKey(newApiKeyText())).toBe(true);
    expect(looksLikeApiKey('eyJhbGciOiJFUzI1NiJ9.e30.x')).toBe(false);
  });

  it('shows its start and its end alone, of which the end is no secret', () => {
    const text = newApiKeyText();
    const { prefix, lastFour } = visiblePartsOf(text);
    expect(text.startsWith(prefix) && text.endsWith(lastFour)).toBe(true);
    expect([prefix.length, lastFour.length]).toEqual([9, 4]);
  });
});

describe('a known key', () => {
  const key: ApiKey = {
    id: '6f1c7c2e-9d0b-4a8e-8a51-1f0d6a3c9b11',
    account: 'blog' as ApiKey['account'],
    name: 'a key',
    scopes: ['read'],
    prefix: 'cafe_abcd',
    lastFour: 'wxyz',
    createdAt: 0,
  };

  it('is accepted until the moment it expires', () => {
    expect(faultOf(key, Number.MAX_SAFE_INTEGER)).toBeUndefined();
    expect(faultOf({ ...key, expiresAt: 1000 }, 999)).toBeUndefined();
    expect(faultOf({ ...key, expiresAt: 1000 }, 1000)).toBe('expired_key');
  });

  it('is refused once it is revoked, whatever the clock says', () => {
    expect(faultOf({ ...key, revokedAt: 1000 }, 0)).toBe('revoked_key');
    expect(faultOf({ ...key, revokedAt: 1000, expiresAt: 500 }, 2000)).toBe('revoked_key');
  });
});
