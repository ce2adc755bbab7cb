import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAccountId } from '../../../src/domain/accounts/account.ts';
import { NOON, openAccountsApi } from '../../support/open-accounts-api.ts';

const LATER = '2027-01-31T12:00:00.000Z';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(env?: Record<string, string>) {
  const api = await openAccountsApi(env ? { env } : {});
  closing.push(api.close);
  const owner = await api.newKey('blog', ['admin']);
  const create = (body: unknown, more = {}) =>
    owner.send('/v1/keys', { method: 'POST', body, ...more });
  return { ...api, owner, create };
}

describe('a key that is created', () => {
  it('is shown once, and works', async () => {
    const { create, owner, send, log } = await open();
    const made = await create({ name: ' CI ', scopes: ['read'], expiresAt: LATER });
    expect(made.status).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { key, ...shown } = made.body;
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account: 'blog',
      name: 'CI',
      scopes: ['read'],
      prefix: key.slice(0, 9),
      lastFour: key.slice(-4),
      createdAt: new Date(NOON).toISOString(),
      expiresAt: LATER,
      revokedAt: null,
      lastUsedAt: null,
    });
    const headers = { Authorization: `Bearer ${key}` };
    expect((await send('/v1/account', { headers })).body).toMatchObject({ keyId: shown.id });
    const listed = await owner.send('/v1/keys');
    expect(listed.text).not.toContain(key);
    expect(log.join('')).not.toContain(key);
  });

  it('may generate and read, and lasts, unless the request says otherwise', async () => {
    const { create } = await open();
    for (const more of [{}, { expiresAt: null }, { unknown: 1 }]) {
      const { body } = await create({ name: 'CI', ...more });
      expect(body).toMatchObject({ scopes: ['generate', 'read'], expiresAt: null });
    }
  });

  it('may expire at a time in any zone', async () => {
    const { create } = await open();
    const { body } = await create({ name: 'CI', expiresAt: '2027-01-31T13:00:00+01:00' });
    expect(body.expiresAt).toBe(LATER);
  });

  it('belongs to the account of its creator, whatever the body says', async () => {
    const { create, accounts } = await open();
    const { body } = await create({ name: 'CI', account: 'other', id: randomUUID() });
    expect(body.account).toBe('blog');
    expect(await accounts.find(parseAccountId('other')!)).toBeUndefined();
  });

  it.each([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'a\ud800b' }, 'name'],
    [{ name: 'CI', scopes: [] }, 'scopes'],
    [{ name: 'CI', scopes: ['write'] }, 'scopes.0'],
    [{ name: 'CI', scopes: 'read' }, 'scopes'],
    [{ name: 'CI', expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ name: 'CI', expiresAt: '2026-11-21T12:00:00Z' }, 'expiresAt'],
    [{ name: 'CI', expiresAt: 1_900_000_000 }, 'expiresAt'],
    [{ name: 'CI', expiresAt: '9999-12-31T23:59:59-23:59' }, 'expiresAt'],
    [[], ''],
    ['null', ''],
  ])('is refused for %j', async (body, path) => {
    const { create, owner } = await open();
    const answer = await create(body);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_request',
        status: 400,
        errors: [{ path, message: expect.any(String) }],
      },
    });
    expect((await owner.send('/v1/keys')).body.items).toHaveLength(1);
  });

  it('is refused with every mistake at once', async () => {
    const { create } = await open();
    const { body } = await create({ scopes: ['write'], expiresAt: 'tomorrow' });
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(['name', 'scopes.0', 'expiresAt']);
  });

  it('is refused with a short answer, however many mistakes it has', async () => {
    const { create } = await open();
    const { status, text, body } = await create({ name: 'CI', scopes: Array(60_000).fill('') });
    expect([status, body.errors.length]).toEqual([400, 100]);
    expect(text.length).toBeLessThan(20_000);
  });

  it.each([
    ['{"name":', {}, 400, 'invalid_request'],
    ['{"name":"CI"}', { 'Content-Type': 'text/plain' }, 415, 'unsupported_media_type'],
    [JSON.stringify({ name: 'x'.repeat(262_144) }), {}, 413, 'payload_too_large'],
  ])('is refused in the form of %.20s', async (body, headers, status, code) => {
    const { create } = await open();
    expect(
      await create(body, { headers: { 'Content-Type': 'application/json', ...headers } }),
    ).toMatchObject({ status, body: { code, status } });
  });

  it('is refused to an account with a hundred keys', async () => {
    const { create, newKey } = await open();
    for (let n = 1; n < 100; n += 1) await newKey();
    expect(await create({ name: 'CI' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });
});

describe('the list of keys', () => {
  it("is the account's own, newest first, in parts", async () => {
    const { clock, newKey, owner } = await open();
    const ids = [owner.key.id];
    for (let n = 0; n < 4; n += 1) {
      await clock.advance(1000);
      ids.unshift((await newKey()).key.id);
      await newKey('other');
    }
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor ? `?limit=2&cursor=${cursor}` : '?limit=2&unknown=x';
      const { status, body } = await owner.send(`/v1/keys${query}`);
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['items', 'nextCursor']);
      found.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    }
    expect(found).toEqual(ids);
  });

  it('shows the minute of the last use', async () => {
    const { authenticate, clock, owner } = await open();
    await clock.advance(90_000);
    await owner.send('/v1/keys');
    await authenticate.close();
    const { body } = await owner.send('/v1/keys');
    expect(body.items[0].lastUsedAt).toBe(new Date(NOON + 60_000).toISOString());
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'cursor=',
    'cursor=abc',
    // After the year 9999.
    `cursor=${Buffer.from(`999999999999999.${randomUUID()}`).toString('base64url')}`,
  ])('is refused for %s', async (query) => {
    const { owner } = await open();
    const path = query.split('=')[0];
    expect(await owner.send(`/v1/keys?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path }] },
    });
  });
});

describe('a key that is revoked', () => {
  it('is refused at once, and stays in the list', async () => {
    const { newKey, owner } = await open();
    const { key, send } = await newKey();
    expect((await send('/v1/account')).status).toBe(200);
    const path = `/v1/keys/${key.id}`;
    expect(await owner.send(path, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect((await send('/v1/account')).status).toBe(401);
    expect((await owner.send(path, { method: 'DELETE' })).status).toBe(204);
    const { body } = await owner.send('/v1/keys');
    const listed = body.items.find(({ id }: { id: string }) => id === key.id);
    expect(listed.revokedAt).toBe(new Date(NOON).toISOString());
  });

  it('may be the one that is used', async () => {
    const { owner } = await open();
    const path = `/v1/keys/${owner.key.id}`;
    expect((await owner.send(path, { method: 'DELETE' })).status).toBe(204);
    expect((await owner.send(path, { method: 'DELETE' })).status).toBe(401);
  });

  it("is not found where it is another account's, and goes on working", async () => {
    const { newKey, owner } = await open();
    const other = await newKey('other');
    const foreign = await owner.send(`/v1/keys/${other.key.id}`, { method: 'DELETE' });
    const unknown = await owner.send(`/v1/keys/${randomUUID()}`, { method: 'DELETE' });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(foreign.body).toEqual({ ...unknown.body, requestId: foreign.body.requestId });
    expect((await other.send('/v1/account')).status).toBe(200);
  });

  it.each(['x', '1', '%00', "'", randomUUID().toUpperCase()])('is not found as %s', async (id) => {
    const { owner } = await open();
    const answer = await owner.send(`/v1/keys/${id}`, { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('the scopes of a key', () => {
  it.each([
    ['GET', '/v1/account', 'read'],
    ['GET', '/v1/limits', 'read'],
    ['GET', '/v1/keys', 'admin'],
    ['POST', '/v1/keys', 'admin'],
    ['DELETE', `/v1/keys/${randomUUID()}`, 'admin'],
  ] as const)('%s %s needs %s, and no other is enough', async (method, path, needed) => {
    const { newKey } = await open();
    for (const scope of ['generate', 'read', 'admin'] as const) {
      const answer = await (await newKey('blog', [scope])).send(path, { method });
      if (scope === needed) expect([200, 404, 415]).toContain(answer.status);
      else {
        expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
        const challenge = `Bearer error="insufficient_scope", scope="${needed}"`;
        expect(answer.headers['www-authenticate']).toBe(challenge);
      }
    }
  });
});

describe('the account', () => {
  it('is the one of the key', async () => {
    const { newKey } = await open();
    const { key, send } = await newKey('someone+blog@example.com', ['read', 'generate']);
    expect((await send('/v1/account')).body).toEqual({
      id: 'someone+blog@example.com',
      createdAt: new Date(NOON).toISOString(),
      scopes: ['read', 'generate'],
      keyId: key.id,
    });
  });
});

describe('the limits', () => {
  const usage = {
    jobsThisHour: 3,
    concurrentJobs: 2,
    imagesToday: 7,
    microUsdToday: 123_456,
    microUsdThisMonth: 4_000_000,
  };

  it('are those of the account, with its usage', async () => {
    const api = await open({ ACCOUNT_USD_PER_DAY: '0.50', ACCOUNT_USD_PER_MONTH: '10' });
    api.usage.set(parseAccountId('blog')!, usage);
    await api.clock.advance(1_800_000);
    const answer = await (await api.newKey()).send('/v1/limits');
    expect(answer.body).toEqual({
      imagesPerDay: 100,
      imagesToday: 7,
      usdPerDay: 0.5,
      usdToday: 0.123456,
      usdPerMonth: 10,
      usdThisMonth: 4,
      jobsPerHour: 500,
      jobsThisHour: 3,
      concurrentJobs: 10,
      resetsAt: '2026-11-22T00:00:00.000Z',
    });
    expect(answer.headers).toMatchObject({
      'ratelimit-policy': '"jobs-per-hour";q=500;w=3600, "images-per-day";q=100;w=86400',
      ratelimit: '"jobs-per-hour";r=497;t=1800, "images-per-day";r=93;t=41400',
    });
    const other = await (await api.newKey('other')).send('/v1/limits');
    expect(other.body).toMatchObject({ imagesToday: 0, jobsThisHour: 0, usdToday: 0 });
  });

  it('in dollars are null where none is set, and no rest is below zero', async () => {
    const api = await open({ ACCOUNT_IMAGES_PER_DAY: '5' });
    api.usage.set(parseAccountId('blog')!, usage);
    const answer = await (await api.newKey()).send('/v1/limits');
    expect(answer.body).toMatchObject({ usdPerDay: null, usdPerMonth: null });
    expect(answer.headers.ratelimit).toContain('"images-per-day";r=0;');
  });
});
