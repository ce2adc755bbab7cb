import { describe, expect, it, onTestFinished } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openTestCafe, type TestCafeOptions } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';
import { serveFetch } from '../../support/serve-fetch.ts';
import { SitemapStandIn, urlset } from '../../support/sitemap-stand-in.ts';

async function open(options: TestCafeOptions = {}) {
  const cafe = await openTestCafe({ ...options, env: { ...WITH_ADMIN, ...options.env } });
  const admin = await openAdmin(cafe);
  const job = async () => (await admin.get('/warming')).body.job;
  async function ended() {
    await expect.poll(async () => (await job()).state).not.toBe('running');
    return job();
  }
  return { cafe, admin, job, ended };
}

/** Where loopback addresses may be fetched from. */
const DEVELOPMENT = {
  NODE_ENV: 'development',
  IMAGE_STORE: 's3',
  IMAGE_GENERATOR: 'openai',
  GEO_LOCATOR: 'country-is',
};
const articles = (...names: string[]) =>
  names.map((name) => ({ type: 'article', path: `/posts/${name}` }));
const order = (...names: string[]) => ({ source: 'pages', pages: articles(...names), most: 10 });

describe('warming pages', () => {
  it('buys each of them a picture, for each country, and says how it went', async () => {
    const { cafe, admin, ended } = await open();
    expect((await admin.get('/warming')).body).toEqual({ sitemap: false, job: null });
    const begun = await admin.post('/warming', { ...order('a', 'b'), countries: ['FR', null] });
    expect(begun.status).toBe(202);
    expect(begun.body).toMatchObject({ state: 'running', total: 4, most: 10, endedAt: null });
    const job = await ended();
    expect(job).toMatchObject({ id: begun.body.id, state: 'done', done: 4, bought: 4, there: 0 });
    expect(job).toMatchObject({ fellBack: 0, failed: 0, reason: null });
    const budget = (await admin.get('/budget')).body;
    expect(budget).toMatchObject({ used: 4 });
    expect(job.spentMicroUsd).toBe(Math.round(budget.dollars.today.used * 1e6));
    expect(job.spentMicroUsd).toBeGreaterThan(0);
    expect(cafe.pngs('generated/v2/page-cache/')).toEqual([
      'generated/v2/page-cache/article/posts/a-anywhere.png',
      'generated/v2/page-cache/article/posts/a-france.png',
      'generated/v2/page-cache/article/posts/b-anywhere.png',
      'generated/v2/page-cache/article/posts/b-france.png',
    ]);
    await cafe.ask('/posts/a');
    expect(cafe.openai.journal).toHaveLength(4);
  });

  it('takes a page once that is named in several ways', async () => {
    const { admin, ended } = await open();
    await admin.post('/warming', order('a', 'A/', 'a?x=1'));
    const job = await ended();
    expect(job).toMatchObject({ total: 1, done: 1, bought: 1 });
    const { used } = (await admin.get('/budget')).body.dollars.today;
    expect(job.spentMicroUsd).toBe(Math.round(used * 1e6));
  });

  it('costs nothing where there is a picture, whichever', async () => {
    const { cafe, admin, ended } = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    await cafe.ask('/posts/own');
    await cafe.ask('/posts/copy');
    await admin.post('/warming', { ...order('own', 'copy'), countries: ['FR'] });
    expect(await ended()).toMatchObject({ state: 'done', done: 2, there: 2, bought: 0 });
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('buys once what then waits for approval', async () => {
    const { cafe, admin, ended } = await open({ env: { REVIEW: 'before' } });
    for (const counts of [
      { bought: 2, there: 0 },
      { bought: 0, there: 2 },
    ]) {
      await admin.post('/warming', order('a', 'b'));
      const job = await ended();
      expect(job).toMatchObject({ state: 'done', ...counts });
      expect(job.spentMicroUsd > 0).toBe(counts.bought > 0);
    }
    expect(cafe.openai.journal).toHaveLength(2);
    expect(cafe.pngs()).toEqual([]);
  });

  it('stops when the budget is used up, and places no copies', async () => {
    const { cafe, admin, ended } = await open({ env: { DAILY_GENERATION_BUDGET: '2' } });
    await admin.post('/warming', order('a', 'b', 'c', 'd', 'e', 'f'));
    const job = await ended();
    expect(job).toMatchObject({
      state: 'stopped',
      bought: 2,
      reason: expect.stringMatching(/budget/),
    });
    expect(job.fellBack).toBeGreaterThan(0);
    expect(job.done).toBeLessThan(6);
    expect(cafe.openai.journal).toHaveLength(2);
    expect(cafe.pngs('generated/v2/page-cache/')).toHaveLength(2);
  });

  it('buys no more than was allowed', async () => {
    const { cafe, admin, ended } = await open();
    for (const [most, bought] of [
      [1, 1],
      [2, 2],
    ]) {
      await admin.post('/warming', { ...order('a', 'b', 'c', 'd', 'e'), most });
      const job = await ended();
      expect(job).toMatchObject({ state: 'done', bought, most });
      expect(job.reason).toMatch(/as you allowed/);
    }
    expect(cafe.openai.journal).toHaveLength(3);
    await admin.post('/warming', { ...order('a', 'b', 'c', 'd', 'e'), most: 2 });
    expect(await ended()).toMatchObject({ there: 3, bought: 2, done: 5, reason: null });
  });

  it('says beforehand what it may cost', async () => {
    const { cafe, admin } = await open({ env: { DAILY_GENERATION_BUDGET: '3' } });
    const { dearestPicture } = (await admin.get('/budget')).body.dollars;
    const { status, body } = await admin.post('/warming', {
      ...order('a', 'b'),
      most: 9,
      dryRun: true,
    });
    expect([status, body]).toEqual([
      200,
      {
        total: 2,
        most: 9,
        costMicroUsdAtMost: Math.round(2e6 * dearestPicture),
        remainingToday: 3,
      },
    ]);
    expect((await admin.get('/warming')).body.job).toBeNull();
    expect(cafe.openai.journal).toEqual([]);
  });

  it('is told of to who watches, to its end', async () => {
    const { cafe, admin } = await open();
    const { body } = await fetch(`${cafe.url}/api/admin/events`, {
      headers: { Cookie: admin.cookie },
    });
    const reader = body!.getReader();
    let text = '';
    const readTo = async (expected: string) => {
      while (!text.includes(expected)) {
        const { value } = await reader.read();
        text += Buffer.from(value!).toString();
      }
    };
    await readTo(': nothing new');
    await admin.post('/warming', order('a', 'b', 'c', 'd', 'e', 'f'));
    for (let state = 'running'; state === 'running'; ) {
      text = '';
      await readTo('data: {"topics":["warming"]}');
      state = (await admin.get('/warming')).body.job.state;
    }
    await reader.cancel();
  });

  it('is one job at a time, which goes on by itself until it is stopped', async () => {
    const { cafe, admin, ended } = await open({ openai: { latencyMs: 150 } });
    const names = Array.from({ length: 10 }, (_, n) => `${n}`);
    expect((await admin.post('/warming', order(...names))).status).toBe(202);
    expect((await admin.post('/warming', order('x'))).status).toBe(409);
    await expect.poll(() => cafe.openai.journal.length).toBeGreaterThanOrEqual(3);
    expect((await admin.delete('/warming')).body.job.reason).toMatch(/stopped/);
    const job = await ended();
    expect(job).toMatchObject({ state: 'stopped', done: job.bought, failed: 0 });
    expect(cafe.openai.journal).toHaveLength(job.bought);
    expect(job.bought).toBeLessThan(10);
    expect((await admin.delete('/warming')).status).toBe(409);
  });
});

describe('warming that goes wrong', () => {
  it('goes on after a failure, and gives up after three in a row', async () => {
    const { cafe, admin, ended } = await open();
    cafe.openai.answerNext(
      ...Array.from({ length: 20 }, () =>
        refusal(400, { code: 'billing_hard_limit_reached', message: 'no' }),
      ),
    );
    await admin.post('/warming', order('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
    const job = await ended();
    expect(job).toMatchObject({
      state: 'failed',
      bought: 0,
      reason: expect.stringMatching(/Generation failed/),
    });
    expect(job.failed).toBeGreaterThanOrEqual(3);
    expect(job.failed).toBeLessThanOrEqual(4);
    const [activity] = (await admin.get('/activity')).body.items;
    expect(activity).toMatchObject({ action: 'warm_pages', subject: job.id, outcome: 'failed' });
  });

  it('does not begin where it cannot be written down', async () => {
    const { cafe, admin } = await open();
    cafe.s3.fault(
      { operation: 'put', key: /audit/ },
      { kind: 'status', status: 403, code: 'AccessDenied' },
    );
    expect((await admin.post('/warming', order('a'))).status).toBe(503);
    cafe.s3.reset();
    expect((await admin.get('/warming')).body.job).toBeNull();
    expect((await admin.post('/warming', order('a'))).status).toBe(202);
  });

  it('ends with the service, which finishes what is being painted', async () => {
    const { cafe, admin } = await open({ openai: { latencyMs: 100 } });
    await admin.post('/warming', order('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
    await expect.poll(() => cafe.openai.journal.length).toBeGreaterThanOrEqual(2);
    await cafe.drain();
    const job = cafe.cafe.admin?.preGeneratePages.progress();
    expect(job).toMatchObject({ state: 'stopped', reason: 'draining' });
    expect(cafe.pngs('generated/v2/page-cache/')).toHaveLength(cafe.openai.journal.length);
    expect(cafe.keys('records/audit/').filter((key) => key.endsWith('.done.json'))).toHaveLength(1);
  });

  it.each([
    ['no source', { most: 1 }],
    ['no pages', { source: 'pages', pages: [], most: 1 }],
    ['pages left out', { source: 'pages', most: 1 }],
    ['two sources', { ...order('a'), source: 'sitemap' }],
    ['no number', { ...order('a'), most: undefined }],
    ['none to buy', { ...order('a'), most: 0 }],
    ['no country', { ...order('a'), countries: ['ZZ'] }],
    [
      'no page of the site',
      { source: 'pages', pages: [{ type: 'article', path: '/../a' }], most: 1 },
    ],
    ['more than it takes', { ...order(...Array.from({ length: 5001 }, () => 'a')) }],
  ])('refuses an order with %s', async (_, body) => {
    const { admin } = await open();
    expect((await admin.post('/warming', body)).status).toBe(400);
  });

  it('takes a long list, and no endless one', async () => {
    const { admin } = await open();
    const names = Array.from({ length: 4000 }, (_, n) => `a-page-of-a-blog-${n}`);
    const dry = { ...order(...names), dryRun: true };
    expect((await admin.post('/warming', dry)).body).toMatchObject({ total: 4000 });
    const long = order('a'.repeat(270_000));
    expect((await admin.post('/warming', long)).status).toBe(413);
  });
});

describe("warming a site's sitemap", () => {
  async function openSite(paths: readonly string[]) {
    const site = new SitemapStandIn();
    site.files.set('/sitemap.xml', urlset(paths));
    const { url, close } = await serveFetch(site.handle);
    onTestFinished(close);
    return { site, env: { ...DEVELOPMENT, SITE_SITEMAP_URL: `${url}/sitemap.xml` } };
  }
  const sitemap = { source: 'sitemap', most: 5 };

  it("is in development the demo blog's, unless another is configured", async () => {
    const { cafe, admin } = await open({ env: DEVELOPMENT });
    const { body } = await admin.post('/warming', { ...sitemap, dryRun: true });
    expect(body.total).toBeGreaterThan(5);
    // Which turns nobody away.
    expect((await cafe.ask('/not/on/it', { query: '?details=1' })).body.source).toBe('generated');
  });

  it('needs one in production', async () => {
    const { admin } = await open();
    expect((await admin.post('/warming', sitemap)).status).toBe(409);
  });

  it('says that it cannot be read, and why in the log', async () => {
    const { site, env } = await openSite([]);
    site.fault({ kind: 'status', status: 404 });
    const { cafe, admin } = await open({ env });
    expect((await admin.post('/warming', sitemap)).status).toBe(502);
    const told = cafe.log.filter((line) => line.includes('page list failed'));
    expect(told.at(-1)).toContain('it returns 404');
  });

  it('takes pages for what the element takes them', async () => {
    const { env } = await openSite(['/', '/page/2/', '/posts/a/', '/posts/a/index.html']);
    const { cafe, admin, ended } = await open({ env });
    expect((await admin.get('/warming')).body).toEqual({ sitemap: true, job: null });
    expect((await admin.post('/warming', sitemap)).body.total).toBe(3);
    expect(await ended()).toMatchObject({ bought: 3 });
    expect(cafe.pngs('generated/v2/page-cache/')).toEqual([
      'generated/v2/page-cache/archive/page/2-anywhere.png',
      'generated/v2/page-cache/article/posts/a-anywhere.png',
      'generated/v2/page-cache/index/root-anywhere.png',
    ]);
  });
});
