import { describe, expect, it } from 'vitest';
import { accountView } from '../../admin/accounts/account-path.ts';
import { asSentence, SCOPE_WORDS, stateOf } from '../../admin/accounts/key-words.ts';
import type { PresentedKey } from '../../src/app/http/v1/api-key.ts';
import { SCOPES } from '../../src/domain/accounts/account.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const key: PresentedKey = {
  id: '00000000-0000-4000-8000-000000000001',
  account: 'blog',
  name: 'CI',
  scopes: ['read'],
  prefix: 'cafe_abcd',
  lastFour: 'wxyz',
  createdAt: '2026-11-20T12:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
};

describe('what the admin says of a key', () => {
  it.each([
    [{}, 'Usable', true],
    [{ expiresAt: '2026-11-21T12:00:00.001Z' }, 'Usable', true],
    [{ expiresAt: '2026-11-21T12:00:00.000Z' }, 'Expired', false],
    [{ revokedAt: '2026-11-21T11:00:00.000Z' }, 'Revoked', false],
    [
      { revokedAt: '2026-11-21T11:00:00.000Z', expiresAt: '2026-11-21T10:00:00.000Z' },
      'Revoked',
      false,
    ],
  ])('with %j is that it is %s', (parts, word, isUsable) => {
    expect(stateOf({ ...key, ...parts }, NOON)).toMatchObject({ word, isUsable });
  });

  it('explains every scope', () => {
    expect(SCOPE_WORDS.map(({ scope }) => scope)).toEqual(SCOPES);
  });

  it('is a sentence where the API names a field', () => {
    expect(asSentence('expiresAt: must be in the future')).toBe(
      'The expiry must be in the future.',
    );
    expect(asSentence('An account has at most 100 keys.')).toBe('An account has at most 100 keys.');
  });
});

describe('the path of an account', () => {
  it('escapes its name', () => {
    expect(accountView('auth0|a@b')).toBe('accounts/auth0%7Ca%40b');
  });
});
