import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAccountId } from '../../../src/domain/accounts/account.ts';
import { newApiKeyText } from '../../../src/domain/accounts/api-key.ts';
import { dayAt } from '../../../src/domain/kernel/day.ts';
import { openAdmin, TOKEN, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openTestCafe } from '../../support/open-test-cafe.ts';

/** The service on a laptop, with an embedded database of its own. */
async function open() {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-accounts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const laptop = {
    NODE_ENV: 'development',
    STUDIO: 'on',
    IMAGE_STORE: 's3',
    DATA_DIR: folder,
  };
  const cafe = await openTestCafe({ env: { ...WITH_ADMIN, ...laptop } });
  return { cafe, admin: await openAdmin(cafe) };
}

/** Sends requests below `/v1` with a key. */
const withKey = (cafe: Awaited<ReturnType<typeof open>>['cafe'], key: string) => (at: string) =>
  cafe.send(at, { headers: { Authorization: `Bearer ${key}` } });

describe('API keys in the admin', () => {
  it('are created for any account, shown once, and not with an expiry that is over', async () => {
    const { cafe, admin } = await open();
    const { status, body } = await admin.post('/keys', { account: 'auth0|1', name: ' CI ' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      account: 'auth0|1',
      name: 'CI',
      scopes: ['generate', 'read'],
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    expect(body.key).toMatch(/^cafe_\w{49}$/);
    expect([body.prefix, body.lastFour]).toEqual([body.key.slice(0, 9), body.key.slice(-4)]);
    const answer = await withKey(cafe, body.key)('/v1/account');
    expect([answer.status, answer.body.id]).toEqual([200, 'auth0|1']);
    const listed = await admin.get('/keys?account=auth0%7C1');
    expect(listed.body).toMatchObject({ items: [{ id: body.id }], nextCursor: null });
    expect(JSON.stringify(listed.body)).not.toContain(body.key);

    const wanted = { account: 'blog', name: 'x', scopes: ['admin'] };
    const made = await admin.post('/keys', { ...wanted, expiresAt: '2100-01-31T12:00:00+01:00' });
    expect(made.body).toMatchObject({ scopes: ['admin'], expiresAt: '2100-01-31T11:00:00.000Z' });
    const over = await admin.post('/keys', { ...wanted, expiresAt: '2020-01-31T12:00:00Z' });
    expect([over.status, over.body.error]).toMatchObject([
      400,
      { code: 'invalid_request', message: 'expiresAt: must be in the future' },
    ]);
  });

  it.each([
    [{ name: 'x' }, 'account'],
    [{ account: '../x', name: 'x' }, 'account: must be 1 to 255 ASCII letters'],
    [{ account: 'blog' }, 'name'],
    [{ account: 'blog', name: ' ' }, 'name: must be 1 to 100 characters'],
    [{ account: 'blog', name: 'x', scopes: [] }, 'scopes'],
    [{ account: 'blog', name: 'x', scopes: ['root'] }, 'scopes.0'],
    [{ account: 'blog', name: 'x', expiresAt: 'tomorrow' }, 'expiresAt: must be a time such as'],
    [{ account: 'blog', name: 'x', id: 'mine' }, 'the body'],
  ])('are not created from %j', async (body, message) => {
    const { cafe } = await openOff();
    const admin = await openAdmin(cafe);
    const answer = await admin.post('/keys', body);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.error.message).toContain(message);
  });

  it('are listed in parts, of one account or of all', async () => {
    const { admin } = await open();
    for (const name of ['1', '2', '3']) await admin.post('/keys', { account: 'a', name });
    await admin.post('/keys', { account: 'b', name: '4' });
    const names = async (query: string) => {
      const { body } = await admin.get(`/keys?${query}`);
      return [body.items.map(({ name }: { name: string }) => name), body.nextCursor];
    };
    // The key that development prints is the oldest.
    expect((await names(''))[0].toSorted()).toEqual(['1', '2', '3', '4', 'development']);
    const [some, cursor] = await names('account=a&limit=2');
    const [rest, end] = await names(`account=a&limit=2&cursor=${cursor}`);
    expect([...some, ...rest].toSorted()).toEqual(['1', '2', '3']);
    expect(end).toBeNull();
    expect((await admin.get('/keys?cursor=rubbish')).status).toBe(400);
    for (const createdAt of [253_402_300_800_000, Number.MAX_SAFE_INTEGER]) {
      const tooLate = JSON.stringify({ createdAt, id: randomUUID() });
      const at = `/keys?cursor=${Buffer.from(tooLate).toString('base64url')}`;
      expect((await admin.get(at)).status).toBe(400);
    }
    expect((await admin.get('/keys?account=a%20b')).status).toBe(400);
  });

  it('are revoked for good, and written into the audit trail without the key itself', async () => {
    const { cafe, admin } = await open();
    const { body: made } = await admin.post('/keys', { account: 'blog', name: 'CI' });
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const revoke = () => cafe.send(`/api/admin/keys/${made.id}`, { method: 'DELETE', headers });
    const { status, body: revoked } = await revoke();
    expect([status, revoked.id, revoked.revokedAt]).toEqual([200, made.id, expect.any(String)]);
    expect((await withKey(cafe, made.key)('/v1/account')).status).toBe(401);
    const { body } = await admin.get('/activity');
    expect(body.items).toMatchObject([
      {
        action: 'revoke_key',
        subject: 'blog',
        actor: 'token',
        outcome: 'done',
        details: { id: made.id, name: 'CI' },
      },
      {
        action: 'create_key',
        subject: 'blog',
        actor: expect.stringMatching(/^session /),
        outcome: 'done',
        details: { id: made.id, name: 'CI', scopes: ['generate', 'read'] },
      },
    ]);
    const stored = [...cafe.s3.objects.values()].map(({ bytes }) => Buffer.from(bytes).toString());
    expect(stored.join('')).toContain('create_key');
    const secret = made.key.slice('cafe_'.length + 4, -4);
    for (const text of [...stored, ...cafe.log]) expect(text).not.toContain(secret);

    expect((await revoke()).body.revokedAt).toBe(revoked.revokedAt);
    const unknown = await admin.delete('/keys/00000000-0000-4000-8000-000000000000');
    expect([unknown.status, unknown.body.error.message]).toEqual([
      404,
      'There is no key with this ID.',
    ]);
    expect((await admin.delete('/keys/..%2fx')).status).toBe(400);
  });

  it('are not created if that cannot be written down', async () => {
    const { cafe, admin } = await open();
    cafe.s3.fault({ operation: 'put' }, { kind: 'status', status: 403, code: 'AccessDenied' }, 99);
    const { status, body } = await admin.post('/keys', { account: 'blog', name: 'CI' });
    expect([status, body.error.code]).toEqual([503, 'storage_unavailable']);
    cafe.s3.reset();
    expect((await admin.get('/keys?account=blog')).body.items).toEqual([]);
  });
});

describe('accounts in the admin', () => {
  it('are listed with their usable keys, their spending and their last use', async () => {
    const { cafe, admin } = await open();
    const { body: made } = await admin.post('/keys', { account: 'blog', name: 'CI' });
    const { body: old } = await admin.post('/keys', { account: 'blog', name: 'old' });
    await admin.delete(`/keys/${old.id}`);
    await withKey(cafe, made.key)('/v1/account');
    const database = await cafe.cafe.database!.open();
    const today = dayAt(Date.now());
    const row = { account: 'blog', day: today, pictures: 3, reserved: 1, cost_micro_usd: 102_000 };
    await database.run((queries) => queries.insertInto('budget_days').values(row).execute());
    await expect
      .poll(async () => (await admin.get('/accounts/blog')).body.lastUsedAt)
      .toEqual(expect.any(String));
    const { body } = await admin.get('/accounts');
    expect(body).toMatchObject({
      items: [
        {
          id: 'blog',
          usableKeys: 1,
          imagesToday: 3,
          dollars: { today: 0.102, month: 0.102 },
        },
        {
          id: 'development',
          usableKeys: 1,
          lastUsedAt: null,
          imagesToday: 0,
          dollars: { today: 0, month: 0 },
        },
      ],
      nextCursor: null,
    });
    expect((await admin.get('/accounts/blog')).body).toEqual(body.items[0]);
  });

  it('are listed in parts', async () => {
    const { cafe, admin } = await open();
    const { accounts } = await cafe.cafe.studio!.open();
    for (const id of ['B', 'a|1', 'a@b', 'z']) await accounts.ensure(parseAccountId(id)!, 0);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await admin.get(`/accounts?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(['B', 'a@b', 'a|1', 'development', 'z']);
    expect((await admin.get('/accounts?cursor=rubbish')).status).toBe(400);
    expect((await admin.get('/accounts/a%7C1')).body.id).toBe('a|1');
    expect((await admin.get('/accounts/none')).status).toBe(404);
    expect((await admin.get('/accounts/%ff')).status).toBe(400);
  });

  it('need a session or the token', async () => {
    const { cafe } = await openOff();
    for (const at of ['/accounts', '/accounts/blog', '/keys']) {
      expect((await cafe.send(`/api/admin${at}`)).status).toBe(401);
    }
    const headers = { Authorization: `Bearer ${newApiKeyText()}` };
    expect((await cafe.send('/api/admin/keys', { headers })).status).toBe(401);
  });
});

/** The service without the API with accounts. */
async function openOff() {
  const cafe = await openTestCafe({ env: WITH_ADMIN });
  return { cafe, admin: await openAdmin(cafe) };
}

describe('a service without accounts', () => {
  it('says so, and how to get them', async () => {
    const { cafe, admin } = await openOff();
    const id = '00000000-0000-4000-8000-000000000000';
    const answers = [
      await admin.get('/accounts'),
      await admin.get('/accounts/blog'),
      await admin.get('/keys'),
      await admin.post('/keys', { account: 'blog', name: 'CI' }),
      await admin.delete(`/keys/${id}`),
    ];
    for (const { status, body } of answers) {
      expect([status, body.error.code]).toEqual([404, 'accounts_off']);
      expect(body.error.message).toContain('Set DATABASE_URL');
    }
    expect((await admin.get('/status')).body.hasAccounts).toBe(false);
    expect(cafe.log.join('')).not.toContain('not_understood');
  });

  it('is told apart in the status, which opens no database', async () => {
    const { cafe, admin } = await open();
    expect((await admin.get('/status')).body.hasAccounts).toBe(true);
    expect(cafe.cafe.database?.kind).toBe('embedded');
  });
});
