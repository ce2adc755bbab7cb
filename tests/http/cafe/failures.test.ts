import { describe, expect, it, vi } from 'vitest';
import { ORIGIN, openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { hang, networkError, refusal } from '../../support/openai-answers.ts';
import { REFUSED_CONDITIONS } from '../../support/s3-conditions.ts';
import { tinyPng } from '../../support/tiny-png.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-france.png';
const DATED = /^generated\/v2\/\d{4}\/.*\.png$/;
const quick = { S3_READ_TIMEOUT_MS: '400', S3_WRITE_TIMEOUT_MS: '900' };

/** The states of all records, which stand in their keys. */
function states({ keys }: TestCafe): string[] {
  return keys('records/2').map((key) => key.split('.')[1] ?? '');
}

describe('a store that fails', () => {
  it.each([
    ['S1', 'head', { kind: 'status', status: 403, code: 'AccessDenied' }],
    ['S2', 'head', { kind: 'status', status: 503, code: 'SlowDown' }],
    ['S2', 'head', { kind: 'hang' }],
    ['S3', 'list', { kind: 'status', status: 500 }],
    ['S3', 'list', { kind: 'status', status: 403, code: 'AccessDenied' }],
    ['S3', 'list', { kind: 'hang' }],
  ] as const)('%s: lets nothing be bought when %s fails: %j', async (_, operation, fault) => {
    const { s3, openai, ask } = await openTestCafe({ env: quick });
    s3.fault({ operation }, fault, 100);
    const { status, headers, body } = await ask('/posts/a');
    expect([status, body.error.code]).toEqual([503, 'storage_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(openai.journal).toEqual([]);
  });

  it('S2: is asked again before it is given up', async () => {
    const { s3, ask } = await openTestCafe();
    s3.fault({ operation: 'head' }, { kind: 'status', status: 500 }, 2);
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it.each(['http://127.0.0.1:1', 'http://nowhere.invalid'])(
    'S15: is out of reach at %s, which is 503',
    async (AWS_ENDPOINT_URL_S3) => {
      const { openai, ask } = await openTestCafe({ env: { ...quick, AWS_ENDPOINT_URL_S3 } });
      expect((await ask('/posts/a')).status).toBe(503);
      expect(openai.journal).toEqual([]);
    },
  );

  it('S4: gets a picture that is paid for again and again, until it takes it', async () => {
    const { s3, openai, ask, pngs } = await openTestCafe();
    s3.fault({ operation: 'put', key: DATED }, { kind: 'status', status: 500 }, 4);
    expect((await ask('/posts/a')).status).toBe(200);
    expect(openai.journal).toHaveLength(1);
    expect(pngs()).toHaveLength(2);
  });

  it('S4: has eight paid images to take: no more are bought until it has taken one', async () => {
    const { s3, openai, ask, cafe } = await openTestCafe();
    s3.fault({ operation: 'put', key: DATED }, { kind: 'status', status: 500 }, 1000);
    for (let n = 1; n <= 8; n += 1) {
      const key = `generated/v2/2026/11/21/00000000-0000-4000-8000-00000000000${n}.png`;
      await cafe.unstored.hold({ key, bytes: tinyPng(), labels: { contentType: 'image/png' } });
    }
    const { status, body } = await ask('/posts/a');
    expect([status, body.error.code]).toEqual([503, 'storage_unavailable']);
    expect(openai.journal).toEqual([]);
    s3.mend();
    await cafe.unstored.resume();
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it('S6: may have stored what it did not acknowledge, and then has it once', async () => {
    const { s3, openai, ask, pngs } = await openTestCafe({ env: quick });
    s3.fault({ operation: 'put', key: DATED }, { kind: 'hang', afterwards: true }, 3);
    expect((await ask('/posts/a')).status).toBe(200);
    expect(openai.journal).toHaveLength(1);
    expect(pngs()).toHaveLength(2);
  });

  it('S5: does not take the page key: the dated URL is served, and the next request repairs', async () => {
    const { s3, openai, ask } = await openTestCafe();
    s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'status', status: 500 }, 100);
    const first = await ask('/posts/a');
    expect(first.status).toBe(200);
    expect(first.body.url.slice(ORIGIN.length + 1)).toMatch(DATED);
    const second = await ask('/posts/a');
    expect([second.status, second.body.url]).toEqual([200, `${ORIGIN}/${PAGE_KEY}`]);
    expect(s3.objects.get(PAGE_KEY)).toMatchObject({
      cacheControl: 'public, max-age=31536000, immutable',
      metadata: { source: 'generated', country: 'FR' },
    });
    expect([openai.journal.length, s3.calls('copy').length]).toEqual([1, 1]);
  });

  it('S5: goes on not taking it: the dated URL is served until it does', async () => {
    const { s3, openai, ask } = await openTestCafe();
    const refused = { kind: 'status', status: 403, code: 'AccessDenied' } as const;
    s3.fault({ operation: 'put', key: PAGE_KEY }, refused, 100);
    s3.fault({ operation: 'copy' }, refused, 1);
    const answers = [await ask('/posts/a'), await ask('/posts/a'), await ask('/posts/a')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [first, second, third] = answers.map(({ body }) => body.url.slice(ORIGIN.length + 1));
    expect(first).toMatch(DATED);
    expect([second, third]).toEqual([first, PAGE_KEY]);
    expect(openai.journal).toHaveLength(1);
  });

  it('S5: goes on not taking it for long: the picture is bought once all the same', async () => {
    const { s3, openai, ask } = await openTestCafe();
    const refused = { kind: 'status', status: 403, code: 'AccessDenied' } as const;
    s3.fault({ operation: 'put', key: PAGE_KEY }, refused, 100);
    s3.fault({ operation: 'copy' }, refused, 100);
    const urls = [];
    for (let n = 0; n < 40; n += 1) urls.push((await ask('/posts/a')).body.url);
    expect(new Set(urls).size).toBe(1);
    expect(openai.journal).toHaveLength(1);
  });

  it('S5, D22: took it at last: once that is deleted, the page has another URL', async () => {
    const { s3, ask } = await openTestCafe({ env: { PAGE_CACHE_TTL_SECONDS: '0' } });
    s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'status', status: 403 }, 1);
    await ask('/posts/a');
    expect((await ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    s3.objects.delete(PAGE_KEY);
    expect((await ask('/posts/a')).body.url).toMatch(/\?v=/);
  });

  it('lets no more pictures wait for it than there are turns', async () => {
    const env = { MAX_CONCURRENT_GENERATIONS: '1' };
    const { s3, openai, ask } = await openTestCafe({ env });
    s3.fault({ operation: 'put', key: DATED }, { kind: 'delay', ms: 600 }, 1);
    const answers = ['/posts/a', '/posts/b', '/posts/c'].map((path) => ask(path));
    await expect.poll(() => s3.countOf({ operation: 'put', key: DATED })).toBe(1);
    expect(openai.journal).toHaveLength(1);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('does not keep a reader waiting for the bookkeeping', async () => {
    const { s3, cafe, ask, keys } = await openTestCafe();
    const answered = Promise.withResolvers<void>();
    s3.fault({ operation: 'put', key: /\.spent\./ }, { kind: 'wait', until: answered.promise });
    expect((await ask('/posts/a')).status).toBe(200);
    expect(keys('records/2').map((key) => key.split('.')[1])).toEqual(['reserved']);
    answered.resolve();
    await cafe.servePageImage.finished();
    expect(keys('records/2').map((key) => key.split('.')[1])).toEqual(['spent']);
  });

  it('cannot say what is written of a page, which is of no account to one that has its picture', async () => {
    const { s3, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    s3.seed(PAGE_KEY, 'a picture');
    s3.fault({ operation: 'get' }, { kind: 'status', status: 403 }, 100);
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it('S5: took the page key after all: when the owner deletes it, the page gets a new picture', async () => {
    const { s3, openai, ask } = await openTestCafe({
      env: { ...quick, PAGE_CACHE_TTL_SECONDS: '0' },
    });
    s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'hang', afterwards: true }, 1);
    s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'hang' }, 5);
    expect((await ask('/posts/a')).body.url.slice(ORIGIN.length + 1)).toMatch(DATED);
    s3.reset();
    s3.seed(PAGE_KEY, 'a picture');
    expect((await ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    s3.objects.delete(PAGE_KEY);
    expect((await ask('/posts/a')).status).toBe(200);
    expect(openai.journal).toHaveLength(2);
  });

  it('S7: has a picture of the page from another replica meanwhile, which stays', async () => {
    const { s3, openai, ask, pngs } = await openTestCafe({ openai: { latencyMs: 1000 } });
    const answer = ask('/posts/a', { query: '?details=1' });
    await expect.poll(() => openai.journal.length, { interval: 10 }).toBe(1);
    s3.seed(PAGE_KEY, "the other replica's", {
      contentType: 'image/png',
      metadata: { source: 'generated', country: 'FR', width: '640', height: '480' },
    });
    const { body } = await answer;
    expect(body).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, source: 'stored', width: 640 });
    expect(Buffer.from(s3.objects.get(PAGE_KEY)!.bytes).toString()).toBe("the other replica's");
    expect(pngs('generated/v2/20')).toHaveLength(1);
  });

  it('S8: is in conflict with itself for a moment', async () => {
    const { s3, ask } = await openTestCafe();
    const conflict = { kind: 'status', status: 409, code: 'ConditionalRequestConflict' } as const;
    s3.fault({ operation: 'put', key: PAGE_KEY }, conflict, 2);
    expect((await ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
  });

  it('S16: knows no conditional writes, which is said once', async () => {
    const { s3, log, ask } = await openTestCafe({ s3: { conditions: REFUSED_CONDITIONS } });
    for (const path of ['/posts/a', '/posts/b']) expect((await ask(path)).status).toBe(200);
    expect(s3.objects.has(PAGE_KEY)).toBe(true);
    expect(log.filter((line) => /conditional/i.test(line))).toHaveLength(1);
  });

  it('S16: is found out about when the service starts, before anybody asks', async () => {
    const conditions = REFUSED_CONDITIONS;
    const { log, keys } = await openTestCafe({ s3: { conditions }, warm: false });
    const told = () => log.filter((line) => /conditional/i.test(line));
    await vi.waitFor(() => expect(told()).toHaveLength(1));
    expect(keys('records/')).toEqual([]);
  });
});

describe('a generator that fails', () => {
  it.each([
    ['O4', 400, 502, 'refused', refusal(400, { message: 'The server does not know what to do' })],
    ['O4', 500, 502, 'unknown', refusal(500, { message: 'The server had an error' })],
    ['O5', 'a reset', 502, 'unknown', networkError()],
    ['O6', 'silence', 504, 'unknown', hang()],
  ] as const)('%s: with %s is %d, and its unit is %s', async (_, __, expected, state, answer) => {
    const cafe = await openTestCafe({ env: { OPENAI_TIMEOUT_MS: '1000' } });
    cafe.openai.answerNext(answer);
    const { status, body } = await cafe.ask('/posts/a');
    expect(status).toBe(expected);
    expect(body.error.message).not.toMatch(/key|quota|verified|server/);
    expect(cafe.openai.journal).toHaveLength(1);
    expect(states(cafe)).toEqual([state]);
    expect(cafe.pngs()).toEqual([]);
    // The failure reached who was waiting; the next request tries again.
    expect((await cafe.ask('/posts/a')).status).toBe(200);
  });

  it('counts against the budget where its outcome is unknown, and not where it refused', async () => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '2' } });
    cafe.openai.answerNext(refusal(400, { message: 'no' }), networkError());
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    expect((await cafe.ask('/posts/b')).status).toBe(502);
    expect((await cafe.ask('/posts/c')).status).toBe(200);
    const fallback = await cafe.ask('/posts/d', { query: '?details=1' });
    expect(fallback.body.source).toBe('fallback');
    expect(states(cafe).toSorted()).toEqual(['refused', 'spent', 'unknown']);
  });

  it('O4: is called again with a reservation of its own where it asks for it', async () => {
    const cafe = await openTestCafe();
    cafe.openai.answerNext(refusal(503, { message: 'busy' }, { 'x-should-retry': 'true' }));
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect(states(cafe).toSorted()).toEqual(['spent', 'unknown']);
  });

  it('O4: is not called again where no unit is left for it', async () => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '1' } });
    cafe.openai.answerNext(refusal(503, { message: 'busy' }, { 'x-should-retry': 'true' }));
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('O13: because its model is retired is replaced by the next model, and the owner is told', async () => {
    const env = { OPENAI_IMAGE_MODEL: 'gpt-image-0', OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2' };
    const cafe = await openTestCafe({ env, openai: { models: ['gpt-image-2'] } });
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect((await cafe.ask('/posts/b')).status).toBe(200);
    const models = cafe.openai.journal.map(({ body }) => (body as { model: string }).model);
    expect(models).toEqual(['gpt-image-0', 'gpt-image-2', 'gpt-image-2']);
    expect(cafe.log.filter((line) => line.includes('"level":"warn"'))).toHaveLength(1);
  });

  it('is covered by the pool, without a trace on the page, with FALLBACK_ON_UPSTREAM_ERROR', async () => {
    const cafe = await openTestCafe({ env: { FALLBACK_ON_UPSTREAM_ERROR: 'true' } });
    cafe.openai.answerNext(refusal(400, { message: 'no' }), refusal(400, { message: 'no' }));
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    const pooled = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001-japan.png';
    cafe.s3.seed(pooled, 'picture');
    const { body } = await cafe.ask('/posts/a', { query: '?details=1' });
    expect(body).toMatchObject({ url: `${ORIGIN}/${pooled}`, source: 'fallback' });
    expect(cafe.s3.objects.has(PAGE_KEY)).toBe(false);
    expect((await cafe.ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
  });
});

describe('the log', () => {
  const lines = ({ log }: TestCafe) => log.map((line) => JSON.parse(line));

  it('has one line a generation, with outcome, reason, duration and cost', async () => {
    const cafe = await openTestCafe({ env: { LOG_LEVEL: 'info', DAILY_GENERATION_BUDGET: '2' } });
    cafe.openai.answerNext(networkError());
    const { requestId } = (await cafe.ask('/posts/a')).body.error;
    await cafe.ask('/posts/b');
    await cafe.ask('/posts/b');
    await cafe.ask('/posts/c');
    expect(lines(cafe)).toMatchObject([
      {
        level: 'warn',
        msg: 'generation failed',
        page: { path: '/posts/a' },
        reason: expect.any(String),
        billing: 'unknown',
        durationMs: expect.any(Number),
        costMicroUsd: expect.toSatisfy((cost: number) => cost > 0),
      },
      { level: 'info', msg: 'request refused', code: 'upstream_failed', requestId },
      {
        level: 'info',
        msg: 'picture generated',
        page: { path: '/posts/b' },
        country: 'FR',
        model: 'gpt-image-2',
        durationMs: expect.any(Number),
        costMicroUsd: expect.any(Number),
      },
      { level: 'info', msg: 'fallback chosen', reason: 'budget_exhausted' },
    ]);
  });

  it('says of a refusal that it cost nothing', async () => {
    const cafe = await openTestCafe({ env: { LOG_LEVEL: 'info' } });
    cafe.openai.answerNext(refusal(401, { message: 'no' }));
    await cafe.ask('/posts/a');
    expect(lines(cafe)).toContainEqual(
      expect.objectContaining({ billing: 'refused', costMicroUsd: 0 }),
    );
  });

  it('holds no address and no secret, and neither does any answer, whatever upstreams echo', async () => {
    const cafe = await openTestCafe({
      env: { ...quick, GENERATOR_PAUSE_MS: '100', LOG_LEVEL: 'trace' },
    });
    const secrets = ['canary-key-id', 'canary-secret', 'sk-canary'];
    const echo = { message: `You sent Bearer sk-canary from ${READERS.FR}`, code: 'x' };
    cafe.openai.answerNext(refusal(401, echo), refusal(500, echo));
    const answers = [await cafe.ask('/posts/a')];
    await expect
      .poll(async () => answers.push(await cafe.ask('/posts/a')) && cafe.openai.journal.length)
      .toBe(2);
    cafe.s3.fault({ operation: 'head' }, { kind: 'status', status: 403, code: 'canary-secret' }, 9);
    answers.push(await cafe.ask('/posts/b'));
    cafe.s3.fault({ operation: 'head' }, { kind: 'cut' }, 9);
    answers.push(await cafe.ask('/posts/c'));
    cafe.countryIs.answerWith(async () => new Response('x', { status: 500 }));
    answers.push(await cafe.ask('/posts/d', { from: '2a00:1450:4007:80e::200e' }));
    answers.push(await cafe.ask('/posts/..', { headers: { 'X-Forwarded-For': '8.8.4.4' } }));
    expect(cafe.log.length).toBeGreaterThan(6);
    const said = cafe.log.join('') + JSON.stringify(answers.map(({ body }) => body));
    for (const canary of [...secrets, '2a00:1450', '8.8.4.4']) expect(said).not.toContain(canary);
    const records = cafe
      .keys('records/')
      .map((key) => Buffer.from(cafe.s3.objects.get(key)!.bytes));
    for (const canary of [...secrets, ...Object.values(READERS)]) {
      expect(`${records} ${cafe.keys('')}`).not.toContain(canary);
    }
  });
});
