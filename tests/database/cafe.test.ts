import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { newApiKeyText } from '../../src/domain/accounts/api-key.ts';
import { openAdmin, WITH_ADMIN } from '../support/admin-caller.ts';
import { openTestCafe, type TestCafe } from '../support/open-test-cafe.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { today } from '../support/utc-days.ts';

const { programs } = inject('postgres')!;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
});
afterAll(() => server.remove());

/** Short enough to wait for them, and long enough for a busy machine. */
const TIMES = { DATABASE_CONNECT_TIMEOUT_MS: '2000', DATABASE_STATEMENT_TIMEOUT_MS: '2000' };

async function openReplicas(count: number, env: Record<string, string> = {}): Promise<TestCafe[]> {
  const url = server.url(await server.createDatabase());
  const all = { DATABASE_URL: url, STUDIO: 'on', ...TIMES, ...env };
  const first = await openTestCafe({ env: all });
  const others = Array.from({ length: count - 1 }, () => openTestCafe({ beside: first, env: all }));
  return [first, ...(await Promise.all(others))];
}

const codesOf = (answers: { body: { error?: { code: string } } }[]) =>
  answers.map(({ body }) => body.error?.code);

describe('a cafe with a database', () => {
  it('K11: buys one picture for 300 readers of a new page on three replicas', async () => {
    const replicas = await openReplicas(3);
    const [{ openai, keys }] = replicas as [TestCafe];
    openai.latencyMs = 200;
    const asked = replicas.flatMap(({ ask }) => Array.from({ length: 100 }, () => ask('/posts/a')));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.url)).size).toBe(1);
    expect(openai.journal).toHaveLength(1);
    expect(keys(`records/${today()}`)).toEqual([]);
    expect(keys('records/pages/')).toEqual([]);
  });

  it('K1: buys exactly as many as its budget has for 300 new pages on three replicas', async () => {
    const replicas = await openReplicas(3, { DAILY_GENERATION_BUDGET: '15' });
    const [{ openai }] = replicas as [TestCafe];
    const asked = Array.from({ length: 300 }, (_, n) => replicas[n % 3]!.ask(`/posts/${n}`));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(openai.journal).toHaveLength(15);
  });

  it('asks the store for the page, and then for nothing until the picture is there', async () => {
    const [cafe] = (await openReplicas(1)) as [TestCafe];
    await cafe.ask('/posts/a');
    cafe.s3.journal.length = 0;
    expect((await cafe.ask('/posts/b')).status).toBe(200);
    const asked = cafe.s3.journal.filter(({ key }) => !key.startsWith('records/shown/'));
    const [first, ...rest] = asked.map(({ method }) => method);
    expect(first).toBe('HEAD');
    expect(new Set(rest)).toEqual(new Set(['PUT']));
  });

  it('keeps what the owner says for all replicas', async () => {
    const [one, two] = (await openReplicas(2, WITH_ADMIN)) as [TestCafe, TestCafe];
    const admin = await openAdmin(one);
    expect((await admin.post('/generation/pause')).body).toMatchObject({ paused: true });
    expect((await two.ask('/posts/a')).status).toBe(503);
    expect(one.openai.journal).toEqual([]);
  });
});

describe('D1: a cafe whose database is away', () => {
  it('serves known pages, buys nothing blind, and is well again once it is back', async () => {
    const [cafe] = (await openReplicas(1, { PAGE_CACHE_TTL_SECONDS: '0' })) as [TestCafe];
    const known = await cafe.ask('/posts/known');
    await server.stop();
    onTestFinished(() => server.start());
    expect(await cafe.ask('/posts/known')).toMatchObject({ status: 200, body: known.body });
    const refused = await Promise.all([cafe.ask('/posts/new'), cafe.ask('/posts/other')]);
    expect(refused.map(({ status }) => status)).toEqual([503, 503]);
    expect(codesOf(refused)).toEqual(['database_unavailable', 'database_unavailable']);
    expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await cafe.send('/ready')).body).toEqual({ status: 'ready', database: 'unavailable' });
    expect((await cafe.send('/v1/account')).status).toBe(401);
    expect(
      await cafe.send('/v1/account', { headers: { Authorization: `Bearer ${SOME_KEY}` } }),
    ).toMatchObject({ status: 503, body: expect.stringContaining('database_unavailable') });
    expect(cafe.openai.journal).toHaveLength(1);
    await server.start();
    await expect.poll(async () => (await cafe.ask('/posts/new')).status).toBe(200);
    expect(cafe.openai.journal).toHaveLength(2);
  });

  it('does not open without it, and names the variable without its value', async () => {
    const url = 'postgres://cafe:canary-password@127.0.0.1:1/cafe';
    const failure = await openTestCafe({ env: { DATABASE_URL: url } }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toContain('DATABASE_URL');
    expect(failure).toContain('ECONNREFUSED');
    expect(failure).not.toContain('canary-password');
  });
});

/** A well-formed key that no account has. */
const SOME_KEY = newApiKeyText();
