import { describe, expect, it } from 'vitest';
import { PageLookup } from '../../../src/domain/cafe/response-cache/response-cache.ts';
import { pageAt } from '../../../src/domain/pages/page.ts';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { type Answer, openTestCafe, READERS } from '../../support/open-test-cafe.ts';

function expectTurnedAway({ status, body, headers }: Answer): void {
  expect([status, body.error.code]).toEqual([503, 'overloaded']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('P6: too many requests', () => {
  it('for pages that are not known are turned away before anything is asked of anybody', async () => {
    const env = { MAX_WAITING_REQUESTS: '3', ...WITH_ADMIN };
    const cafe = await openTestCafe({ env, openai: { latencyMs: 700 } });
    const admin = await openAdmin(cafe);
    expect((await cafe.ask('/known')).status).toBe(200);
    const waiting = [1, 2, 3].map(() => cafe.ask('/posts/a'));
    await expect.poll(() => cafe.openai.journal.length).toBe(2);
    expect((await admin.get('/status')).body.shedding).toBe(false);
    const before = [cafe.s3.journal.length, cafe.countryIs.journal.length];
    expectTurnedAway(await cafe.ask('/posts/a'));
    expectTurnedAway(await cafe.ask('/posts/b', { from: READERS.JP }));
    expectTurnedAway(await cafe.send('/api/cafe/image?path=/posts/c&type=article'));
    expect([cafe.s3.journal.length, cafe.countryIs.journal.length]).toEqual(before);
    // What is known costs nothing, and goes on.
    expect((await cafe.ask('/known')).status).toBe(200);
    const shown = await cafe.send('/api/cafe/image?path=/known&type=article', {
      headers: { 'X-Real-IP': READERS.FR },
      redirect: 'manual',
    });
    expect(shown.status).toBe(302);
    expect((await admin.get('/status')).body.shedding).toBe(true);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await cafe.ask('/posts/b')).status).toBe(200);
  });

  it('for different pages are turned away, while any number may wait for the same', async () => {
    const cafe = await openTestCafe({ env: { MAX_SEARCHES: '2' }, openai: { latencyMs: 700 } });
    const paths = ['/posts/a', '/posts/b'];
    const waiting = [...paths, ...paths, ...paths].map((path) => cafe.ask(path));
    await expect.poll(() => cafe.openai.journal.length).toBe(2);
    const looks = cafe.s3.countOf({ operation: 'head' });
    expectTurnedAway(await cafe.ask('/posts/c'));
    expect(cafe.s3.countOf({ operation: 'head' })).toBe(looks);
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
    expect((await cafe.ask('/posts/c')).status).toBe(200);
  });

  it('are described for both routes that turn them away', async () => {
    const cafe = await openTestCafe({ warm: false });
    const { paths } = (await cafe.send('/openapi.json')).body;
    for (const route of [paths['/api/cafe/generate'].post, paths['/api/cafe/image'].get]) {
      expect(route.responses['503'].description).toContain('`overloaded`');
    }
  });
});

describe('C8: a crowd at one new page', () => {
  it('is served, every one of twenty thousand, and only who comes beyond them is turned away', async () => {
    const { cafe, openai } = await openTestCafe({ openai: { latencyMs: 1500 } });
    const page = pageAt('/posts/a', 'article');
    const visitor = { address: undefined, header: () => undefined };
    const asker = { isBot: false, token: undefined };
    const serve = () => cafe.servePageImage.serve(new PageLookup(page), visitor, asker);
    const waiting = Array.from({ length: 20_000 }, serve);
    await expect(serve()).rejects.toMatchObject({ code: 'overloaded' });
    const urls = new Set((await Promise.all(waiting)).map(({ url }) => url));
    expect([urls.size, openai.journal.length]).toEqual([1, 1]);
    expect((await serve()).url).toBe([...urls][0]);
  });
});

describe('what is under way', () => {
  it.each(['none', 'fixed', 'header', 'mmdb'])(
    'is told without waiting for calls of who calls nobody, such as %s and sketch',
    async (kind) => {
      const choice = { IMAGE_GENERATOR: 'sketch', GEO_LOCATOR: kind, GEO_FIXED_COUNTRY: 'FR' };
      const cafe = await openTestCafe({ env: { ...choice, ...WITH_ADMIN } });
      const { body } = await (await openAdmin(cafe)).get('/status');
      const { upstreams }: { upstreams: { name: string }[] } = body;
      const well = { state: 'ok', ...noError, since: expect.any(String) };
      expect(upstreams.filter(({ name }) => name !== 'store')).toEqual([
        { name: 'generator', kind: 'sketch', ...well },
        { name: 'locator', kind, ...well },
      ]);
    },
  );

  it('is told with its pages, and what waits or could not be stored with its number', async () => {
    const models = {
      OPENAI_IMAGE_MODEL: 'gpt-image-2',
      OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2.5-flare',
    };
    const limits = { MAX_CONCURRENT_GENERATIONS: '1', S3_WRITE_TIMEOUT_MS: '500' };
    const cafe = await openTestCafe({
      env: { ...models, ...limits, ...WITH_ADMIN },
      openai: { latencyMs: 1000 },
    });
    const admin = await openAdmin(cafe);
    const status = async () => (await admin.get('/status')).body;
    expect(await status()).toEqual({
      uptimeSeconds: expect.any(Number),
      running: [],
      waiting: 0,
      unstored: 0,
      upstreams: [
        { name: 'store', kind: 's3', state: 'ok', ...noError, since: expect.any(String) },
        { name: 'generator', kind: 'openai', state: 'unused', ...noError, since: null },
        { name: 'locator', kind: 'country-is', state: 'unused', ...noError, since: null },
      ],
      models: [
        { name: 'gpt-image-2', state: 'first', endsOn: null },
        { name: 'gpt-image-2.5-flare', state: 'next', endsOn: null },
      ],
      storeLacks: [],
      shedding: false,
      hasAccounts: false,
    });
    const answers = [cafe.ask('/posts/a'), cafe.ask('/posts/b', { from: '', type: 'index' })];
    await expect.poll(async () => (await status()).waiting).toBe(1);
    const { running } = await status();
    expect(running).toEqual([
      {
        page: expect.toSatisfy(({ path }: { path: string }) => /^\/posts\/[ab]$/.test(path)),
        country: expect.toSatisfy((code: string | null) => code === 'FR' || code === null),
        startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([200, 200]);
    expect(await status()).toMatchObject({ running: [], waiting: 0 });

    const dated = /^generated\/v2\/\d{4}\/.*\.png$/;
    cafe.s3.fault({ operation: 'put', key: dated }, { kind: 'status', status: 403 }, 100);
    const shown = cafe.ask('/posts/c');
    await expect.poll(async () => (await status()).upstreams[0].lastError).toBe('status_403');
    await expect.poll(async () => (await status()).unstored).toBe(1);
    // Its page could be written.
    expect((await shown).status).toBe(200);
  });
});

const noError = { lastError: null, lastErrorAt: null };
