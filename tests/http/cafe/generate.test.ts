import { describe, expect, it } from 'vitest';
import { ORIGIN, openTestCafe, READERS } from '../../support/open-test-cafe.ts';
import { tinyPng } from '../../support/tiny-png.ts';
import { today } from '../../support/utc-days.ts';

const FOREVER = 'public, max-age=31536000, immutable';

describe('a new page', () => {
  it('costs one look-up, one claim, one count, one record, one call and six uploads', async () => {
    const picture = () => tinyPng({ width: 1024, height: 1024 });
    const { s3, openai, countryIs, cafe, ask } = await openTestCafe({ openai: { picture } });
    await ask('/posts/a');
    await cafe.servePageImage.finished();
    const calls = (folder: string) =>
      s3.journal.filter(({ key }) => key.startsWith(folder)).map(({ operation }) => operation);
    // The record is settled while the pictures are uploaded, which costs nobody any time.
    // Three sizes, a card, the picture itself and the page's go up side by side.
    const uploads = ['put', 'put', 'put', 'put', 'put', 'put'];
    expect(calls('generated/')).toEqual(['head', 'list', ...uploads]);
    expect(calls('records/2')).toEqual(['put', 'list', 'put', 'delete']);
    // Let go of behind the reader's back.
    expect(calls('records/pages/')).toEqual(['put', 'put']);
    const [claim, reserved] = s3.calls('put').map(({ key }) => key);
    expect(claim).toBe('records/pages/article/posts/a-france.json');
    expect(reserved).toMatch(/^records\/.*-france\.reserved\.\d+\.json$/);
    expect(s3.calls('list').map(({ key }) => key)).toEqual([
      `generated/v2/${today()}/`,
      `records/${today()}`,
    ]);
    expect([openai.journal.length, countryIs.journal.length]).toEqual([1, 1]);
  });

  it('N9: is asked of the model with nothing but the settings and the prompt', async () => {
    const { openai, ask } = await openTestCafe();
    await ask('/posts/secret-page-name', { headers: { 'User-Agent': 'canary' } });
    const [call] = openai.journal;
    expect(call?.body).toEqual({
      model: 'gpt-image-2',
      prompt: expect.stringContaining('popular in France'),
      n: 1,
      size: '1024x1024',
      quality: 'medium',
      background: 'auto',
      output_format: 'png',
    });
    expect(JSON.stringify(call)).not.toMatch(/secret-page-name|canary\b(?!")/);
  });

  it('has its picture under both keys, byte for byte, as an immutable PNG', async () => {
    const { s3, ask, pngs } = await openTestCafe();
    await ask('/posts/a');
    const [dated, placed] = pngs().map((key) => s3.objects.get(key)!);
    expect(placed!.bytes).toEqual(dated!.bytes);
    expect(Buffer.from(dated!.bytes).subarray(1, 4).toString()).toBe('PNG');
    for (const object of [dated, placed]) {
      expect(object).toMatchObject({ contentType: 'image/png', cacheControl: FOREVER });
    }
    for (const { headers } of s3.journal) expect(headers).not.toHaveProperty('x-amz-acl');
  });

  it('leaves a settled record of what it cost', async () => {
    const { s3, ask, keys } = await openTestCafe();
    await ask('/posts/a');
    const [key, ...others] = keys('records/2');
    expect(others).toEqual([]);
    expect(JSON.parse(Buffer.from(s3.objects.get(key!)!.bytes).toString())).toMatchObject({
      state: 'spent',
      page: { type: 'article', path: '/posts/a' },
      country: 'FR',
      model: 'gpt-image-2',
      costMicroUsd: expect.any(Number),
      tokens: { output: 1056 },
    });
  });

  it('is another one for another country, type or path', async () => {
    const { openai, ask } = await openTestCafe();
    const urls = await Promise.all([
      ask('/posts/a'),
      ask('/posts/a', { from: READERS.JP }),
      ask('/posts/a', { type: 'archive' }),
      ask('/posts/b'),
    ]);
    expect(new Set(urls.map(({ body }) => body.url)).size).toBe(4);
    expect(openai.journal).toHaveLength(4);
  });
});

describe('a page that many readers open at once', () => {
  it('C8: is bought once, and all get the same URL', async () => {
    const { openai, s3, ask } = await openTestCafe({ openai: { latencyMs: 200 } });
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('/posts/a')));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.url}`)).size).toBe(1);
    expect(openai.journal).toHaveLength(1);
    expect(s3.calls('head')).toHaveLength(1);
  });

  it('C1: is bought and stored even when every reader leaves', async () => {
    const { openai, cafe, ask, pngs } = await openTestCafe({ openai: { latencyMs: 200 } });
    const leaving = AbortSignal.timeout(100);
    const readers = Array.from({ length: 5 }, () => ask('/posts/a', { signal: leaving }));
    for (const reader of await Promise.allSettled(readers)) expect(reader.status).toBe('rejected');
    await cafe.servePageImage.finished();
    expect(pngs()).toHaveLength(2);
    expect((await ask('/posts/a')).status).toBe(200);
    expect(openai.journal).toHaveLength(1);
  });

  it('C3: is answered to those who stay when the first one leaves', async () => {
    const { openai, ask } = await openTestCafe();
    const painted = Promise.withResolvers<void>();
    openai.answerNext(async ({ usual }) => {
      await painted.promise;
      return usual();
    });
    const leaving = new AbortController();
    const first = ask('/posts/a', { signal: leaving.signal });
    await expect.poll(() => openai.journal.length).toBe(1);
    const second = ask('/posts/a');
    leaving.abort();
    await expect(first).rejects.toThrow();
    painted.resolve();
    expect((await second).status).toBe(200);
    expect(openai.journal).toHaveLength(1);
  });
});

describe('a known page', () => {
  it('is served again without any call', async () => {
    const { s3, openai, countryIs, cafe, ask } = await openTestCafe();
    const first = await ask('/posts/a');
    await cafe.servePageImage.finished();
    const calls = [s3.journal.length, openai.journal.length, countryIs.journal.length];
    for (let n = 0; n < 20; n += 1) expect((await ask('/posts/a/')).body).toEqual(first.body);
    expect([s3.journal.length, openai.journal.length, countryIs.journal.length]).toEqual(calls);
  });

  it('is looked up every time with a cache of 0 seconds', async () => {
    const { s3, ask } = await openTestCafe({ env: { PAGE_CACHE_TTL_SECONDS: '0' } });
    await ask('/posts/a');
    await ask('/posts/a');
    await ask('/posts/a');
    expect(s3.calls('head')).toHaveLength(3);
  });

  it('S9: is noticed, behind a reader, when its picture is gone, and is bought again', async () => {
    const { s3, openai, cafe, ask } = await openTestCafe({ env: { PAGE_CACHE_TTL_SECONDS: '1' } });
    const { body } = await ask('/posts/a');
    s3.objects.delete('generated/v2/page-cache/article/posts/a-france.png');
    const urls: string[] = [];
    await expect
      .poll(async () => {
        urls.push((await ask('/posts/a')).body.url);
        await cafe.servePageImage.finished();
        return urls.at(-1);
      })
      .toMatch(new RegExp(`^${body.url}\\?v=`));
    expect(new Set(urls.slice(0, -1))).toEqual(new Set([body.url]));
    expect(openai.journal).toHaveLength(2);
  });
});

describe('an exhausted budget', () => {
  it('ends in 503 with Retry-After where there is no picture at all', async () => {
    const { ask, openai, keys } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    const { status, headers, body } = await ask('/posts/a');
    expect([status, body.error.code]).toEqual([503, 'no_image_available']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect([openai.journal.length, keys('')]).toEqual([0, []]);
  });

  it('N11: gives a page a copy that says so and lives an hour in caches', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '1' } });
    await ask('/posts/a', { from: READERS.JP });
    const { body } = await ask('/posts/b', { query: '?details=1' });
    expect(body).toMatchObject({
      url: `${ORIGIN}/generated/v2/page-cache/article/posts/b-france.png`,
      source: 'fallback',
      country: { code: 'JP', name: 'Japan' },
    });
    const copy = s3.objects.get('generated/v2/page-cache/article/posts/b-france.png');
    expect(copy).toMatchObject({
      contentType: 'image/png',
      cacheControl: 'public, max-age=3600',
      metadata: { source: 'fallback', country: 'JP' },
    });
    const [again] = [await ask('/posts/b', { query: '?details=1' })];
    expect(again?.body).toMatchObject({ source: 'stored', country: { code: 'JP' } });
  });

  it('C9: lets exactly as many new pages have a picture as it has units', async () => {
    const { openai, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '5' } });
    const pages = Array.from({ length: 60 }, (_, n) => ask(`/posts/${n}`));
    const statuses = (await Promise.all(pages)).map(({ status }) => status);
    expect(openai.journal).toHaveLength(5);
    for (const status of statuses) expect([200, 503]).toContain(status);
  });

  it("falls back on a page's picture where the pool is empty, and never on anything else", async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    s3.seed('generated/v2/page-cache/article/old-japan.png', 'picture');
    s3.seed('generated/v2/2026/01/01/readme.txt', 'no picture');
    s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', '');
    s3.seed('generated/v2/2026/01/01/logo.png', 'not ours');
    s3.seed('records/2026/01/01/x.png', 'private');
    for (let n = 0; n < 10; n += 1) {
      const { body } = await ask(`/posts/${n}`);
      const key = body.url.slice(ORIGIN.length + 1);
      expect(Buffer.from(s3.objects.get(key)!.bytes).toString()).toBe('picture');
    }
  });

  it('is not told of pages where the pool has pictures: one listing will do', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    for (let n = 0; n < 3000; n += 1)
      s3.seed(`generated/v2/page-cache/article/${n}-france.png`, 'x');
    s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'picture');
    await ask('/posts/a');
    expect(s3.calls('list')).toHaveLength(1);
  });

  it('falls back on pictures that others labelled as they liked', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'picture', {
      contentType: 'binary/octet-stream',
      metadata: { generation: 'not a uuid', source: 'x', width: '-1', country: 'atlantis' },
    });
    const { status, body } = await ask('/posts/a', { query: '?details=1' });
    expect([status, body.country, body.width]).toEqual([200, null, undefined]);
    const copy = s3.objects.get('generated/v2/page-cache/article/posts/a-france.png');
    expect(copy?.metadata.source).toBe('fallback');
    // The key's, not the label's.
    expect(copy?.metadata.generation).toBe('00000000-0000-4000-8000-000000000001');
  });

  it('S10: takes another picture when the chosen one vanishes', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'picture');
    s3.fault({ operation: 'copy' }, { kind: 'status', status: 404, code: 'NoSuchKey' }, 2);
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it('D13: writes no copies for readers whose country is unknown only because the locator is down', async () => {
    const { s3, countryIs, ask, keys } = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '0' },
    });
    const pooled = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';
    s3.seed(pooled, 'picture');
    countryIs.answerWith(async () => new Response('down', { status: 500 }));
    const { status, body } = await ask('/posts/a');
    expect([status, body.url]).toEqual([200, `${ORIGIN}/${pooled}`]);
    expect(keys('generated/v2/page-cache/')).toEqual([]);
  });
});

describe('twenty generations on a slow upstream', () => {
  it('hold up neither /health nor known pages', async () => {
    const { openai, send, ask } = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '100', MAX_CONCURRENT_GENERATIONS: '20' },
    });
    await ask('/posts/known');
    const released = Promise.withResolvers<void>();
    const waiting = async ({ usual }: { usual(): Response }) => {
      await released.promise;
      return usual();
    };
    openai.answerNext(...Array.from({ length: 20 }, () => waiting));
    const slow = Array.from({ length: 20 }, (_, n) => ask(`/posts/${n}`));
    await expect.poll(() => openai.journal.length).toBe(21);
    expect((await send('/health')).body).toEqual({ status: 'ok' });
    expect((await ask('/posts/known')).status).toBe(200);
    released.resolve();
    for (const { status } of await Promise.all(slow)) expect(status).toBe(200);
    expect(openai.journal).toHaveLength(21);
  });

  it('C9: run no more at once than MAX_CONCURRENT_GENERATIONS', async () => {
    let underWay = 0;
    let most = 0;
    const released = Promise.withResolvers<void>();
    const { s3, openai, ask } = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '100', MAX_CONCURRENT_GENERATIONS: '3' },
    });
    const counting = async ({ usual }: { usual(): Response }) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await released.promise;
      underWay -= 1;
      return usual();
    };
    openai.answerNext(...Array.from({ length: 20 }, () => counting));
    const asked = Array.from({ length: 20 }, (_, n) => ask(`/posts/${n}`));
    await expect.poll(() => s3.countOf({ operation: 'put', key: /\.reserved\./ })).toBe(20);
    await expect.poll(() => underWay).toBe(3);
    released.resolve();
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    expect(most).toBe(3);
  });
});
