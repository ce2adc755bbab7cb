import { describe, expect, it } from 'vitest';
import { MemoryAccountStore } from '../../../src/adapters/account-store/memory.ts';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { parseAccountId, type Scope } from '../../../src/domain/accounts/account.ts';
import { apiKeyDigest } from '../../../src/domain/accounts/api-key.ts';
import { MAX_KEYS, ManageKeys, parseKeyName } from '../../../src/domain/accounts/manage-keys.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const blog = parseAccountId('blog')!;
const other = parseAccountId('other')!;

function open() {
  const clock = new ManualClock(NOON);
  const accounts = new MemoryAccountStore();
  const keys = new ManageKeys({ accounts, clock });
  const create = async (more: { account?: typeof blog; expiresAt?: number } = {}) => {
    const made = await keys.create({ account: blog, name: 'a key', scopes: ['read'], ...more });
    if ('refused' in made) throw new Error(made.refused);
    return made;
  };
  return { clock, accounts, keys, create };
}

describe('a new key', () => {
  it('is shown once, and only its digest is stored', async () => {
    const { accounts, keys } = open();
    const scopes: Scope[] = ['generate', 'read', 'read'];
    const made = await keys.create({ account: blog, name: 'a key', scopes });
    if ('refused' in made) throw new Error(made.refused);
    const digest = apiKeyDigest(made.text)!;
    expect(await accounts.keyByDigest(digest)).toEqual({ ...made.key, digest });
    expect(made.key).toMatchObject({ account: 'blog', scopes: ['generate', 'read'] });
    expect(JSON.stringify(await keys.list({ limit: 10 }))).not.toContain(made.text.slice(9, -4));
  });

  it('makes its account, if there is none', async () => {
    const { accounts, clock, create } = open();
    await create();
    await clock.advance(1000);
    await create();
    expect(await accounts.find(blog)).toEqual({ id: 'blog', createdAt: NOON });
  });

  it('must not have expired already', async () => {
    const { keys, create } = open();
    const request = { account: blog, name: 'a key', scopes: ['read'] as const };
    for (const expiresAt of [NOON, 0]) {
      expect(await keys.create({ ...request, expiresAt })).toEqual({ refused: 'already_expired' });
    }
    expect((await create({ expiresAt: NOON + 1 })).key.expiresAt).toBe(NOON + 1);
  });

  it('is refused to an account with a hundred usable keys, and to no other', async () => {
    const { clock, keys, create } = open();
    const first = await create();
    for (let n = 1; n < MAX_KEYS; n += 1) await create({ expiresAt: NOON + 1000 });
    const request = { account: blog, name: 'a key', scopes: ['read'] as const };
    expect(await keys.create(request)).toEqual({ refused: 'too_many_keys' });
    await create({ account: other });
    await keys.revoke(first.key.id, blog);
    await create();
    expect(await keys.create(request)).toEqual({ refused: 'too_many_keys' });
    await clock.advance(1000);
    await create();
  });
});

describe('the list of keys', () => {
  it('goes on where it broke off, and ends', async () => {
    const { clock, keys, create } = open();
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      made.unshift((await create()).key.id);
      await clock.advance(n % 2);
    }
    await create({ account: other });
    const found: string[] = [];
    let page = await keys.list({ account: blog, limit: 2 });
    for (;;) {
      found.push(...page.keys.map(({ id }) => id));
      if (!page.next) break;
      page = await keys.list({ account: blog, limit: 2, after: page.next });
    }
    expect(found.toSorted()).toEqual(made.toSorted());
    expect(new Set(found).size).toBe(5);
  });

  it('has no next page where the last one is full', async () => {
    const { keys, create } = open();
    await create();
    await create();
    expect(await keys.list({ account: blog, limit: 2 })).toMatchObject({ next: undefined });
  });
});

describe('revoking', () => {
  it("finds an account's own keys alone, and the owner finds all", async () => {
    const { keys, create } = open();
    const { key } = await create();
    expect(await keys.revoke(key.id, other)).toBeUndefined();
    expect(await keys.revoke('6f1c7c2e-9d0b-4a8e-8a51-1f0d6a3c9b11')).toBeUndefined();
    expect(await keys.revoke(key.id)).toEqual({ ...key, revokedAt: NOON });
  });
});

describe("a key's name", () => {
  it.each([
    ['CI', 'CI'],
    ['  a laptop ', 'a laptop'],
    ['日本語 "x" <b>', '日本語 "x" <b>'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['😀'.repeat(100), '😀'.repeat(100)],
  ])('may be %o', (text, name) => {
    expect(parseKeyName(text)).toBe(name);
  });

  it.each(['', '   ', 'x'.repeat(101), 'a\nb', 'a\u0000b', 'a\u2028b', '\u001b[31m'])(
    'may not be %o',
    (text) => {
      expect(parseKeyName(text)).toBeUndefined();
    },
  );
});
