import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TOKEN, WITH_ADMIN } from '../../support/admin-caller.ts';
import { ORIGIN, openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { hang, networkError, refusal } from '../../support/openai-answers.ts';
import { serveFetch } from '../../support/serve-fetch.ts';

const PAUSE = { GENERATOR_PAUSE_MS: '600' };
const noCredit = refusal(429, { message: 'quota', code: 'insufficient_quota' });
const blocked = refusal(400, { message: 'no', code: 'moderation_blocked' });

/** The states of all records, which stand in their keys. */
function states({ keys }: TestCafe): string[] {
  return keys('records/2').map((key) => key.split('.')[1] ?? '');
}

/** As a script sees it: whether a session has ended stands in the store, which may be away. */
async function upstream(cafe: TestCafe, name: string) {
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const { body } = await cafe.send('/api/admin/status', { headers });
  return body.upstreams.find((each: { name: string }) => each.name === name);
}

describe('a generator that will not work for a while', () => {
  it.each([
    ['O2', 'quota_exhausted', noCredit],
    ['O2, O14', 'credentials_refused', refusal(401, { message: 'Incorrect API key' })],
    ['O2', 'access_refused', refusal(403, { message: 'must be verified' })],
    ['O13', 'model_unavailable', refusal(404, { message: 'gone', code: 'model_not_found' })],
  ] as const)('%s: because of %s is left alone, at no cost', async (_, reason, answer) => {
    const env = { ...WITH_ADMIN, OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2' };
    const cafe = await openTestCafe({ env });
    cafe.openai.answerNext(answer);
    const first = await cafe.ask('/posts/a');
    expect([first.status, first.body.error.code]).toEqual([502, 'upstream_failed']);
    const calls = cafe.openai.journal.length;
    for (const path of ['/posts/a', '/posts/b', '/posts/c']) {
      const { status, body, headers } = await cafe.ask(path);
      expect([status, body.error.code]).toEqual([502, 'upstream_failed']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    expect(cafe.openai.journal).toHaveLength(calls);
    // What is not asked for is not even reserved.
    expect(states(cafe)).toEqual(['refused']);
    expect(await upstream(cafe, 'generator')).toMatchObject({ state: 'open', lastError: reason });
    const told = cafe.log.filter((line) => line.includes('is paused after failures'));
    expect(told).toHaveLength(1);
  });

  it('O2: is tried with one call after the pause, and used again once that succeeds', async () => {
    const cafe = await openTestCafe({ env: { ...PAUSE, ...WITH_ADMIN } });
    cafe.openai.answerNext(noCredit, noCredit);
    await cafe.ask('/posts/a');
    await expect
      .poll(async () => (await cafe.ask('/posts/a')) && cafe.openai.journal.length)
      .toBe(2);
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    await expect.poll(async () => (await cafe.ask('/posts/a')).status).toBe(200);
    expect(cafe.openai.journal).toHaveLength(3);
    expect(await upstream(cafe, 'generator')).toMatchObject({ state: 'ok' });
    expect(
      cafe.log.filter((line) => line.includes('the image generator works again')),
    ).toHaveLength(1);
  });

  it('O2: gives back what was reserved and waited for its turn', async () => {
    const cafe = await openTestCafe({ env: { MAX_CONCURRENT_GENERATIONS: '1' } });
    cafe.openai.answerNext(async (asked) => {
      await expect.poll(() => states(cafe).length).toBe(3);
      return noCredit(asked);
    });
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => cafe.ask(path)));
    expect(answers.map(({ status }) => status)).toEqual([502, 502, 502]);
    expect([cafe.openai.journal.length, states(cafe)]).toEqual([1, Array(3).fill('refused')]);
  });

  it('O2: is covered by the pool with FALLBACK_ON_UPSTREAM_ERROR, without a call', async () => {
    const cafe = await openTestCafe({ env: { FALLBACK_ON_UPSTREAM_ERROR: 'true' } });
    const pooled = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001-japan.png';
    cafe.s3.seed(pooled, 'picture');
    cafe.openai.answerNext(noCredit);
    for (const path of ['/posts/a', '/posts/b', '/posts/a']) {
      expect((await cafe.ask(path)).body.url).toBe(`${ORIGIN}/${pooled}`);
    }
    expect(cafe.openai.journal).toHaveLength(1);
    expect(cafe.pngs('generated/v2/page-cache')).toEqual([]);
  });

  it('O4: because it failed five times in a row is left alone; what may be billed stays spent', async () => {
    const cafe = await openTestCafe({ env: { OPENAI_TIMEOUT_MS: '1000' } });
    const broken = refusal(500, { message: 'The server had an error' });
    cafe.openai.answerNext(broken, networkError(), hang(), broken, networkError());
    for (const n of [1, 2, 3, 4, 5]) expect((await cafe.ask(`/${n}`)).status).toBeGreaterThan(500);
    expect((await cafe.ask('/6')).status).toBe(502);
    expect(cafe.openai.journal).toHaveLength(5);
    expect(states(cafe)).toEqual(Array(5).fill('unknown'));
  });

  it('O9: that sends nothing usable twice in a row is left alone, and the owner hears why', async () => {
    const got: { alert: string; details: unknown }[] = [];
    const webhook = await serveFetch(async (request) => {
      got.push(await request.json());
      return new Response();
    });
    onTestFinished(webhook.close);
    const cafe = await openTestCafe({
      env: { ...WITH_ADMIN, ALERT_WEBHOOK_URL: webhook.url, OPENAI_IMAGE_MODEL: 'gpt-image-2' },
    });
    const empty = () => Response.json({ data: [] });
    cafe.openai.answerNext(...Array(15).fill(empty));
    for (let n = 0; n < 15; n += 1) expect((await cafe.ask(`/posts/${n}`)).status).toBe(502);
    expect(cafe.openai.journal).toHaveLength(2);
    expect(states(cafe)).toEqual(['unknown', 'unknown']);
    expect(await upstream(cafe, 'generator')).toMatchObject({
      state: 'open',
      lastError: 'no_picture',
    });
    expect(cafe.log.find((line) => line.includes('is paused after failures'))).toContain(
      '"reason":"no_picture"',
    );
    await expect.poll(() => got.map(({ alert }) => alert)).toEqual(['generator_useless']);
    expect(got[0]?.details).toMatchObject({ reason: 'no_picture' });
  });

  it('O3, O9: is none that refuses a prompt, or sends what is no picture', async () => {
    const cafe = await openTestCafe();
    for (let n = 0; n < 6; n += 1) {
      cafe.openai.answerNext(blocked, blocked, () => Response.json({ data: [] }));
      expect((await cafe.ask(`/posts/${n}`)).status).toBe(502);
      expect((await cafe.ask(`/posts/${n}`)).status).toBe(502);
    }
    expect((await cafe.ask('/posts/a')).status).toBe(200);
  });

  it('O3: that refuses prompts is asked no more than twice as often a day as there may be pictures', async () => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '3' } });
    cafe.openai.answerNext(...Array(40).fill(blocked));
    for (let n = 0; n < 10; n += 1) expect((await cafe.ask(`/posts/${n}`)).status).toBe(502);
    // Each is asked for once more, for another random dish.
    expect([cafe.openai.journal.length, states(cafe)]).toEqual([6, Array(3).fill('refused')]);
  });
});

describe('a locator that is down', () => {
  it('G9, D13: costs no more than the budget, keeps no copies, and soon nobody any time', async () => {
    const env = { DAILY_GENERATION_BUDGET: '2', GEO_TIMEOUT_MS: '300', ...WITH_ADMIN };
    const cafe = await openTestCafe({ env });
    cafe.countryIs.answerWith(() => new Promise(() => {}));
    for (let n = 0; n < 100; n += 1) {
      const { status } = await cafe.ask(`/posts/${n}`, { from: `9.9.${n}.9` });
      expect(status).toBe(200);
    }
    expect(cafe.countryIs.journal).toHaveLength(3);
    expect([cafe.openai.journal.length, cafe.s3.calls('copy')]).toEqual([2, []]);
    expect(cafe.pngs('generated/v2/page-cache')).toHaveLength(2);
    expect(await upstream(cafe, 'locator')).toMatchObject({
      kind: 'country-is',
      state: 'open',
      lastError: 'TimeoutError',
    });
  });
});

describe('a store that is away', () => {
  const quick = { S3_READ_TIMEOUT_MS: '400', S3_WRITE_TIMEOUT_MS: '900', ...WITH_ADMIN };
  const refused = { kind: 'cut' } as const;
  const silent = { kind: 'hang' } as const;
  const busy = { kind: 'status', status: 503, code: 'SlowDown' } as const;

  it.each([
    ['S2', 'refuses', refused],
    ['S2', 'hangs', silent],
    ['S12', 'asks to slow down', busy],
  ] as const)(
    '%s: and %s: known pages go on, new ones are refused, and soon all is well',
    async (_, __, fault) => {
      const cafe = await openTestCafe({ env: { ...quick, PAGE_CACHE_TTL_SECONDS: '1' } });
      const known = await cafe.ask('/posts/a');
      const reader = await cafe.ask('/posts/a', { from: READERS.JP });
      cafe.s3.fault({}, fault, 100_000);
      // Until the page has been checked in vain again and again.
      const looks = () => cafe.s3.countOf({ operation: 'head' });
      const before = looks();
      await expect
        .poll(async () => {
          expect(await cafe.ask('/posts/a')).toMatchObject({ status: 200, body: known.body });
          return looks() - before;
        })
        .toBeGreaterThan(5);
      // Nobody has asked for this one since.
      const late = await cafe.ask('/posts/a', { from: READERS.JP });
      expect(late).toMatchObject({ status: 200, body: reader.body });
      const fresh = await cafe.ask('/posts/b');
      expect([fresh.status, fresh.body.error.code]).toEqual([503, 'storage_unavailable']);
      expect(Number(fresh.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(cafe.openai.journal).toHaveLength(2);
      expect(await upstream(cafe, 'store')).toMatchObject({ kind: 's3', state: 'failing' });

      cafe.s3.mend();
      await expect.poll(async () => (await cafe.ask('/posts/b')).status).toBe(200);
      expect(await upstream(cafe, 'store')).toMatchObject({ state: 'ok' });
      // And what was deleted meanwhile is noticed.
      cafe.s3.objects.delete('generated/v2/page-cache/article/posts/a-france.png');
      await expect.poll(async () => (await cafe.ask('/posts/a')).body.url).toContain('?v=');
    },
  );

  it('S2: is looked at a little, however many known pages are asked for', async () => {
    const cafe = await openTestCafe({
      env: { ...quick, S3_READ_TIMEOUT_MS: '3000', PAGE_CACHE_TTL_SECONDS: '1' },
    });
    const paths = Array.from({ length: 30 }, (_, n) => `/posts/${n}`);
    const askAll = () => Promise.all(paths.map((path) => cafe.ask(path, { from: '' })));
    for (const path of paths) {
      cafe.s3.seed(`generated/v2/page-cache/article${path}-anywhere.png`, 'picture');
    }
    const allAreServed = async () => (await askAll()).every(({ status }) => status === 200);
    expect(await allAreServed()).toBe(true);
    cafe.s3.fault({}, silent, 100_000);
    await vi.waitFor(async () => {
      expect(await allAreServed()).toBe(true);
      expect(await upstream(cafe, 'store')).toMatchObject({ state: 'failing' });
    });
    cafe.s3.journal.length = 0;
    for (let n = 0; n < 20; n += 1) {
      expect(await allAreServed()).toBe(true);
    }
    // Of 600 requests, each for a page that is known and not fresh for long.
    expect(cafe.s3.calls('head').length).toBeLessThan(60);
  });
});
