import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AccountId, parseAccountId } from '../../src/domain/accounts/account.ts';
import type { AccountStore } from '../../src/domain/accounts/account-store.ts';
import {
  type ApiKey,
  apiKeyDigest,
  newApiKeyText,
  type StoredKey,
  visiblePartsOf,
} from '../../src/domain/accounts/api-key.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

/** An account id that no other test uses, as suites may share a database. */
export function newAccountId(name = 'account'): AccountId {
  return parseAccountId(`${name}-${randomUUID()}`)!;
}

function newKey(account: AccountId, more: Partial<ApiKey> = {}): StoredKey {
  const text = newApiKeyText();
  return {
    id: randomUUID(),
    account,
    name: 'a key',
    scopes: ['generate', 'read'],
    ...visiblePartsOf(text),
    createdAt: NOON,
    ...more,
    digest: apiKeyDigest(text)!,
  };
}

/** What is seen of a stored key. Absent times may be missing or `undefined`. */
function shown({ digest: _, ...key }: StoredKey): ApiKey {
  return key;
}

/**
 * What every account store must do; see the port.
 *
 * @param open a store, and another one on the same data as a second process has it
 */
export function accountStoreContract(
  name: string,
  open: () => Promise<{ store: AccountStore; another: AccountStore }>,
): void {
  describe(`${name} as an account store`, () => {
    it('knows no account that was never made', async () => {
      const { store } = await open();
      expect(await store.find(newAccountId())).toBeUndefined();
    });

    it('makes an account once, and keeps the time of its creation', async () => {
      const { store, another } = await open();
      const id = newAccountId();
      expect(await store.ensure(id, NOON)).toEqual({ id, createdAt: NOON });
      expect(await another.ensure(id, NOON + MINUTE)).toEqual({ id, createdAt: NOON });
      expect(await another.find(id)).toEqual({ id, createdAt: NOON });
    });

    it('makes one account, however many ask at once', async () => {
      const { store, another } = await open();
      const id = newAccountId();
      const calls = Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? store : another).ensure(id, NOON + n),
      );
      const made = await Promise.all(calls);
      expect(new Set(made.map(({ createdAt }) => createdAt)).size).toBe(1);
      expect(await store.find(id)).toEqual(made[0]);
    });

    it('tells ids apart that differ in case alone, or in any character', async () => {
      const { store } = await open();
      const end = randomUUID();
      const ids = [`User-${end}`, `user-${end}`, `user_${end}`, `user%${end}`.replace('%', '|')];
      for (const [n, id] of ids.entries()) await store.ensure(parseAccountId(id)!, NOON + n);
      for (const [n, id] of ids.entries()) {
        expect(await store.find(parseAccountId(id)!)).toEqual({ id, createdAt: NOON + n });
      }
    });

    it('keeps the longest id', async () => {
      const { store } = await open();
      const id = parseAccountId(randomUUID().padEnd(255, 'x'))!;
      await store.ensure(id, NOON);
      await store.addKey(newKey(id), 1);
      expect(await store.find(id)).toEqual({ id, createdAt: NOON });
    });

    it('lists accounts in byte order, in parts', async () => {
      const { store } = await open();
      const start = randomUUID();
      const ids = ['B', 'a', '-', '_', '~', 'Z', 'b', '0'].map(
        (end) => parseAccountId(start + end)!,
      );
      for (const id of ids) await store.ensure(id, NOON);
      const found: AccountId[] = [];
      let after = parseAccountId(start);
      while (found.length < ids.length) {
        const part = await store.list({ limit: 3, after, at: NOON });
        expect(part.length).toBeGreaterThan(0);
        found.push(...part.map(({ id }) => id));
        after = part.at(-1)?.id;
      }
      expect(found.slice(0, ids.length)).toEqual(ids.toSorted());
    });

    it('counts the usable keys of each account it lists, and tells their last use', async () => {
      const { store, another } = await open();
      const start = newAccountId();
      const [busy, unused, empty] = ['a', 'b', 'c'].map((end) => parseAccountId(start + end)!) as [
        AccountId,
        AccountId,
        AccountId,
      ];
      for (const id of [busy, unused, empty]) await store.ensure(id, NOON);
      const [revoked, expired] = [newKey(busy), newKey(busy, { expiresAt: NOON + MINUTE })];
      const keys = [newKey(busy), newKey(busy), revoked, expired, newKey(unused)];
      for (const key of keys) await store.addKey(key, 10);
      await store.noteUse(keys[0]!.id, NOON + MINUTE);
      await store.noteUse(revoked.id, NOON + 2 * MINUTE);
      await store.revokeKey(revoked.id, NOON, busy);
      const listAt = (at: number) => another.list({ limit: 3, after: start, at });
      const lastUsedAt = NOON + 2 * MINUTE;
      expect(await listAt(NOON + MINUTE)).toEqual([
        { id: busy, createdAt: NOON, usableKeys: 2, lastUsedAt },
        { id: unused, createdAt: NOON, usableKeys: 1 },
        { id: empty, createdAt: NOON, usableKeys: 0 },
      ]);
      expect((await listAt(NOON + MINUTE - 1))[0]?.usableKeys).toBe(3);
    });

    it('lists one account alone where its id is given', async () => {
      const { store } = await open();
      const id = newAccountId();
      for (const each of [id, parseAccountId(`${id}x`)!]) await store.ensure(each, NOON);
      const listed = await store.list({ id, limit: 10, at: NOON });
      expect(listed).toEqual([{ id, createdAt: NOON, usableKeys: 0 }]);
      expect(await store.list({ id: newAccountId(), limit: 10, at: NOON })).toEqual([]);
    });

    it('finds a key by its id, without its digest', async () => {
      const { store, another } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const key = newKey(account);
      await store.addKey(key, 10);
      expect(await another.key(key.id)).toEqual(shown(key));
      expect(await another.key(key.id)).not.toHaveProperty('digest');
      await store.revokeKey(key.id, NOON, account);
      expect(await another.key(key.id)).toEqual({ ...shown(key), revokedAt: NOON });
      expect(await store.key(randomUUID())).toBeUndefined();
    });

    it('finds a key by its digest, as it was added', async () => {
      const { store, another } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const full = newKey(account, {
        name: 'Ключ "ノート" ü',
        scopes: ['admin', 'generate', 'read'],
        expiresAt: NOON + MINUTE,
      });
      const plain = newKey(account, { scopes: ['read'] });
      expect(await store.addKey(full, 10)).toBe('added');
      expect(await store.addKey(plain, 10)).toBe('added');
      expect(await another.keyByDigest(full.digest)).toEqual(full);
      expect(await another.keyByDigest(plain.digest)).toEqual(plain);
    });

    it('knows no key by another digest', async () => {
      const { store } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const key = newKey(account);
      await store.addKey(key, 10);
      for (const digest of ['', key.digest.slice(1), key.digest.toUpperCase(), key.id]) {
        expect(await store.keyByDigest(digest)).toBeUndefined();
      }
    });

    it('adds no key to an account that does not exist', async () => {
      const { store } = await open();
      const account = newAccountId();
      const key = newKey(account);
      expect(await store.addKey(key, 10)).toBe('no_account');
      expect(await store.keyByDigest(key.digest)).toBeUndefined();
      expect(await store.find(account)).toBeUndefined();
    });

    it('adds no more usable keys than allowed, and counts no revoked or expired one', async () => {
      const { store } = await open();
      const [account, other] = [newAccountId(), newAccountId('other')];
      for (const id of [account, other]) await store.ensure(id, NOON);
      const [first, second] = [newKey(account), newKey(account, { expiresAt: NOON + MINUTE })];
      expect(await store.addKey(first, 2)).toBe('added');
      expect(await store.addKey(second, 2)).toBe('added');
      const third = newKey(account);
      expect(await store.addKey(third, 2)).toBe('full');
      expect(await store.keyByDigest(third.digest)).toBeUndefined();
      expect(await store.addKey(newKey(other), 2)).toBe('added');
      await store.revokeKey(first.id, NOON, account);
      expect(await store.addKey(third, 2)).toBe('added');
      const later = newKey(account, { createdAt: NOON + MINUTE });
      expect(await store.addKey(later, 2)).toBe('added');
      expect(await store.addKey(newKey(account, { createdAt: NOON + MINUTE }), 2)).toBe('full');
    });

    it('adds exactly as many keys as there is room for, however many ask at once', async () => {
      const { store, another } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      await store.addKey(newKey(account), 8);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? store : another).addKey(newKey(account), 8)),
      );
      expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(7);
      expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(13);
      expect(await store.keys({ account, limit: 100 })).toHaveLength(8);
    });

    it('lists the keys of one account, newest first, without digests', async () => {
      const { store } = await open();
      const [account, other] = [newAccountId(), newAccountId('other')];
      for (const id of [account, other]) await store.ensure(id, NOON);
      const keys = [0, 2, 1].map((n) => newKey(account, { createdAt: NOON + n }));
      for (const key of [...keys, newKey(other)]) await store.addKey(key, 10);
      const [oldest, newest, middle] = keys as [StoredKey, StoredKey, StoredKey];
      const listed = await store.keys({ account, limit: 100 });
      expect(listed).toEqual([newest, middle, oldest].map(shown));
      expect(listed.every((key) => !('digest' in key))).toBe(true);
      expect(await store.keys({ account: newAccountId(), limit: 100 })).toEqual([]);
    });

    it('lists keys in parts that neither repeat nor leave out one while others are added', async () => {
      const { store } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const keys = Array.from({ length: 9 }, (_, n) =>
        newKey(account, { createdAt: NOON + Math.floor(n / 4) }),
      );
      for (const key of keys) await store.addKey(key, 100);
      const found: ApiKey[] = [];
      for (;;) {
        const part = await store.keys({ account, limit: 2, after: found.at(-1) });
        if (part.length === 0) break;
        expect(part.length).toBeLessThanOrEqual(2);
        found.push(...part);
        await store.addKey(newKey(account, { createdAt: NOON + MINUTE }), 100);
      }
      const expected = keys.toSorted((a, b) => b.createdAt - a.createdAt || (a.id > b.id ? -1 : 1));
      expect(found).toEqual(expected.map(shown));
    });

    it("lists every account's keys where no account is given", async () => {
      const { store } = await open();
      const accounts = [newAccountId(), newAccountId()];
      const keys = accounts.map((account) => newKey(account, { createdAt: Date.UTC(2100, 0) }));
      for (const key of keys) {
        await store.ensure(key.account, NOON);
        await store.addKey(key, 10);
      }
      const ids = (await store.keys({ limit: 1000 })).map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(keys.map(({ id }) => id)));
    });

    it('revokes a key for good, keeps it in the list, and keeps the first time', async () => {
      const { store, another } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const key = newKey(account);
      await store.addKey(key, 10);
      const revoked = { ...shown(key), revokedAt: NOON + 1 };
      expect(await store.revokeKey(key.id, NOON + 1, account)).toEqual(revoked);
      expect(await another.keyByDigest(key.digest)).toEqual({ ...revoked, digest: key.digest });
      expect(await another.revokeKey(key.id, NOON + 2, account)).toEqual(revoked);
      expect(await store.revokeKey(key.id, NOON + 3, undefined)).toEqual(revoked);
      expect(await store.keys({ account, limit: 10 })).toEqual([revoked]);
    });

    it("finds neither an unknown key to revoke nor another account's", async () => {
      const { store } = await open();
      const [account, other] = [newAccountId(), newAccountId('other')];
      for (const id of [account, other]) await store.ensure(id, NOON);
      const key = newKey(account);
      await store.addKey(key, 10);
      expect(await store.revokeKey(key.id, NOON, other)).toBeUndefined();
      expect(await store.revokeKey(randomUUID(), NOON, account)).toBeUndefined();
      expect(await store.revokeKey(randomUUID(), NOON, undefined)).toBeUndefined();
      expect(await store.keyByDigest(key.digest)).toEqual(key);
      expect(await store.revokeKey(key.id, NOON, undefined)).toMatchObject({ revokedAt: NOON });
    });

    it('records the latest use, and nothing for an unknown key', async () => {
      const { store, another } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const key = newKey(account);
      await store.addKey(key, 10);
      const uses = [NOON, NOON + 3 * MINUTE, NOON + MINUTE, NOON + 2 * MINUTE];
      await Promise.all(uses.map((at, n) => (n % 2 ? store : another).noteUse(key.id, at)));
      await store.noteUse(key.id, NOON + MINUTE);
      await store.noteUse(randomUUID(), NOON);
      const lastUsedAt = NOON + 3 * MINUTE;
      expect(await another.keyByDigest(key.digest)).toEqual({ ...key, lastUsedAt });
      expect(await store.keys({ account, limit: 10 })).toEqual([{ ...shown(key), lastUsedAt }]);
    });

    it('keeps the use of a key that is revoked', async () => {
      const { store } = await open();
      const account = newAccountId();
      await store.ensure(account, NOON);
      const key = newKey(account);
      await store.addKey(key, 10);
      await store.noteUse(key.id, NOON);
      expect(await store.revokeKey(key.id, NOON, account)).toMatchObject({
        lastUsedAt: NOON,
        revokedAt: NOON,
      });
    });
  });
}
