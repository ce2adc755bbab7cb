import { describe, expect, it } from 'vitest';
import { CANARIES } from '../../support/canaries.ts';
import { openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';

const TOKEN = CANARIES.metricsToken;
const WITH_METRICS = { METRICS_TOKEN: TOKEN };

async function scrape({ send }: TestCafe): Promise<string> {
  const answer = await send('/metrics', { headers: { Authorization: `Bearer ${TOKEN}` } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return answer.body;
}

/** The lines that say something of these metrics. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('who may see the metrics', () => {
  it('is nobody in production without a token', async () => {
    const { send, cafe } = await openTestCafe({ warm: false });
    expect((await send('/metrics')).status).toBe(404);
    expect(cafe.metrics).toBeUndefined();
  });

  it('is whoever sends the token', async () => {
    const cafe = await openTestCafe({ env: WITH_METRICS, warm: false });
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`]) {
      const answer = await cafe.send('/metrics', { headers: { Authorization: authorization } });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(await scrape(cafe)).toContain('cafe_info{');
    expect(cafe.log.join('')).not.toContain(TOKEN);
  });

  it('is everybody in development', async () => {
    const env = { NODE_ENV: 'development', IMAGE_STORE: 'memory', IMAGE_GENERATOR: 'sketch' };
    const { send } = await openTestCafe({ env, warm: false });
    expect((await send('/metrics')).body).toContain('cafe_info{');
  });
});

describe('the metrics', () => {
  it('count requests by how they ended', async () => {
    const cafe = await openTestCafe({ env: { ...WITH_METRICS, DAILY_GENERATION_BUDGET: '1' } });
    await cafe.ask('/posts/first');
    for (let n = 0; n < 3; n += 1) await cafe.ask('/posts/first');
    const odd = { 'Content-Type': 'application/json; charset=utf-8' };
    await cafe.ask('/posts/first', { headers: odd });
    await cafe.ask('/posts/second');
    await cafe.ask('/posts/third', { type: 'nothing' });
    await cafe.send('/nothing/here');
    expect(linesOf(await scrape(cafe), 'cafe_picture_requests_total{')).toEqual([
      'cafe_picture_requests_total{outcome="known"} 4',
      'cafe_picture_requests_total{outcome="stored"} 0',
      'cafe_picture_requests_total{outcome="generated"} 1',
      'cafe_picture_requests_total{outcome="fallback"} 1',
    ]);
    expect(linesOf(await scrape(cafe), 'cafe_refused_requests_total{')).toEqual([
      'cafe_refused_requests_total{code="invalid_request"} 1',
      'cafe_refused_requests_total{code="not_found"} 1',
    ]);
  });

  it('tell how long generations take and what they cost, by model and outcome', async () => {
    const cafe = await openTestCafe({ env: WITH_METRICS });
    await cafe.ask('/posts/good');
    cafe.openai.answerNext(refusal(401, { message: 'no', code: 'invalid_api_key' }));
    await cafe.ask('/posts/bad');
    const text = await scrape(cafe);
    expect(text).toContain(
      'cafe_generation_seconds_count{model="gpt-image-2",outcome="generated"} 1',
    );
    expect(text).toContain(
      'cafe_generation_seconds_count{model="gpt-image-2",outcome="refused"} 1',
    );
    expect(text).toMatch(/cafe_generation_dollars_total\{outcome="generated"\} 0\.03\d*/);
    expect(text).toContain('cafe_generation_dollars_total{outcome="refused"} 0');
    expect(text).toContain(
      'cafe_upstream_errors_total{upstream="generator",code="credentials_refused"} 1',
    );
    expect(text).toContain('cafe_events_total{event="generation_failed"} 1');
  });

  it('tell what the budget has left, which costs listings twice a minute at most', async () => {
    const env = { ...WITH_METRICS, DAILY_GENERATION_BUDGET: '3', DAILY_BUDGET_USD: '2' };
    const cafe = await openTestCafe({ env });
    await cafe.ask('/posts/one');
    cafe.s3.journal.length = 0;
    const text = await scrape(cafe);
    expect(text).toMatch(/^cafe_budget_pictures_limit 3$/m);
    expect(text).toMatch(/^cafe_budget_pictures_used 1$/m);
    expect(text).toMatch(/^cafe_budget_pictures_left 2$/m);
    expect(text).toMatch(/^cafe_budget_dollars_limit 2$/m);
    expect(text).toMatch(/^cafe_budget_dollars_used 0\.03\d*$/m);
    expect(text).toMatch(/^cafe_budget_paused 0$/m);
    const listings = cafe.s3.calls('list').length;
    expect(listings).toBeGreaterThan(0);
    await Promise.all([scrape(cafe), scrape(cafe)]);
    expect(cafe.s3.calls('list')).toHaveLength(listings);
  });

  it('leave the budget out while the store fails, and count its failures by status', async () => {
    const cafe = await openTestCafe({ env: WITH_METRICS });
    for (const operation of ['head', 'get', 'list'] as const) {
      cafe.s3.fault({ operation }, { kind: 'status', status: 403, code: 'AccessDenied' }, 9);
    }
    expect((await cafe.ask('/posts/one')).status).toBe(503);
    const text = await scrape(cafe);
    expect(linesOf(text, 'cafe_budget_')).toEqual([]);
    expect(text).toMatch(/cafe_upstream_errors_total\{upstream="store",code="status_403"\} [1-9]/);
    expect(text).toContain('cafe_upstream_state{upstream="store",state="failing"} 1');
  });

  it('count each time that countries begin to be unknown', async () => {
    const cafe = await openTestCafe({
      env: { ...WITH_METRICS, COUNTRY_IS_URL: 'http://127.0.0.1:9' },
    });
    await cafe.ask('/posts/one');
    const text = await scrape(cafe);
    expect(text).toContain('cafe_upstream_errors_total{upstream="locator",code="TypeError"} 1');
  });

  it('tell what is in memory and under way', async () => {
    const env = { ...WITH_METRICS, MAX_CONCURRENT_GENERATIONS: '1' };
    const cafe = await openTestCafe({ env });
    await cafe.ask('/posts/one');
    expect(await scrape(cafe)).toMatch(/^cafe_pool_pictures 1$/m);
    expect(await scrape(cafe)).toMatch(/^cafe_known_pages 1$/m);
    const mayPaint = Promise.withResolvers<void>();
    cafe.openai.answerNext(({ usual }) => mayPaint.promise.then(usual));
    const asked = [cafe.ask('/posts/two'), cafe.ask('/posts/three')];
    await expect.poll(() => scrape(cafe)).toMatch(/^cafe_generations_waiting 1$/m);
    expect(await scrape(cafe)).toMatch(/^cafe_generations_running 1$/m);
    mayPaint.resolve();
    await Promise.all(asked);
    expect(await scrape(cafe)).toMatch(/^cafe_generations_running 0$/m);
  });

  it('tell nothing of a database where there is none', async () => {
    const text = await scrape(await openTestCafe({ env: WITH_METRICS, warm: false }));
    expect(linesOf(text, 'cafe_database_')).toEqual([]);
  });

  it('tell of the process and of the event loop', async () => {
    const text = await scrape(await openTestCafe({ env: WITH_METRICS, warm: false }));
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('hold no path, no address, no key and no text of an upstream', async () => {
    const cafe = await openTestCafe({ env: WITH_METRICS });
    await cafe.ask('/posts/a-secret-page');
    cafe.openai.answerNext(refusal(400, { message: 'hush-hush', code: 'hush-hush' }));
    await cafe.ask('/posts/another-page', { from: READERS.JP });
    await cafe.send('/posts/a-third-page');
    const text = await scrape(cafe);
    for (const hint of ['posts', 'page/', 'secret', '2.2.2.2', '1.0.16.1', 'hush', 'canary']) {
      expect(text).not.toContain(hint);
    }
  });
});
