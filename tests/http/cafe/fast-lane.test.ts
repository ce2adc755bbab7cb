import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fastLane } from '../../../src/app/http/cafe/fast-lane.ts';
import { imagePresenter } from '../../../src/app/http/cafe/generate-route.ts';
import { Connections } from '../../../src/app/http/connections.ts';
import { OriginPolicy } from '../../../src/app/http/cors.ts';
import { handedOver } from '../../../src/app/http/handed-over.ts';
import { PageNames } from '../../../src/domain/pages/page.ts';
import { openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';

const GENERATE = '/api/cafe/generate';

/** Two replicas on one bucket, of which one answers everything through Koa. Both know `/posts/a`. */
async function openBoth(env: Record<string, string> = {}) {
  const fast = await openTestCafe({ env });
  const koa = await openTestCafe({ env, beside: fast, hasFastLane: false });
  for (const { ask } of [fast, koa]) {
    for (const from of [READERS.FR, '']) await ask('/posts/a', { from });
  }
  return { fast, koa };
}

/** An answer without what is another one for each: when it was sent, and its id. */
async function answerOf({ url }: TestCafe, path: string, init: RequestInit) {
  const response = await fetch(url + path, init);
  const body = await response.text();
  const id = response.headers.get('x-request-id') ?? 'none';
  const headers = Object.fromEntries(response.headers);
  delete headers.date;
  delete headers['x-request-id'];
  return { status: response.status, headers, body: body.replace(id, 'id'), hasId: id !== 'none' };
}

function post(pagePath: string, headers: Record<string, string> = {}, type = 'article') {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Real-IP': READERS.FR, ...headers },
    body: JSON.stringify({ context: { pagePath, pageType: type } }),
  };
}

/** So often that a body is remembered, and its answer worded before. */
const OFTEN = 20;

describe('the fast lane', () => {
  const origin = { Origin: 'https://blog.example' };

  it.each([
    ['a known page', GENERATE, post('/posts/a')],
    ['details', `${GENERATE}?details=1`, post('/posts/a')],
    ['a browser', GENERATE, post('/posts/a', origin)],
    ["a browser's details", `${GENERATE}?details=1`, post('/posts/a', origin)],
    ['another spelling', GENERATE, post('//posts/%41/index.html?x=1#y')],
    ['an unknown reader', `${GENERATE}?details=1`, post('/posts/a', { 'X-Real-IP': '' })],
    ['blanks in the JSON', GENERATE, { ...post(''), body: ` ${post('/posts/a').body}\n` }],
  ])('answers %s as Koa does, by itself', async (_, path, init) => {
    const { fast, koa } = await openBoth();
    const expected = await answerOf(koa, path, init);
    expect([expected.status, expected.hasId]).toEqual([200, false]);
    const through = vi.spyOn(fast.cafe.servePageImage, 'serve');
    for (let n = 0; n < OFTEN; n += 1) expect(await answerOf(fast, path, init)).toEqual(expected);
    expect(through).not.toHaveBeenCalled();
  });

  it.each([
    ['another origin', GENERATE, post('/posts/a', { Origin: 'https://evil.example' })],
    ['another content type', GENERATE, post('/posts/a', { 'Content-Type': 'text/plain' })],
    ['a charset', GENERATE, post('/posts/a', { 'Content-Type': 'application/json;charset=utf-8' })],
    ['another query', `${GENERATE}?details=2`, post('/posts/a')],
    ['more of a query', `${GENERATE}?details=1&x=1`, post('/posts/a')],
    ['another method', GENERATE, { ...post('/posts/a'), method: 'PUT' }],
    ['a preflight', GENERATE, { method: 'OPTIONS', headers: origin }],
    ['another path', `${GENERATE}/`, post('/posts/a')],
    ['an empty body', GENERATE, { ...post(''), body: '' }],
    ['broken JSON', GENERATE, { ...post(''), body: '{"context":' }],
    ['broken UTF-8', GENERATE, { ...post(''), body: Buffer.from('{"\xff":1}', 'latin1') }],
    ['no page', GENERATE, post('/posts/../a')],
    ['no page type', GENERATE, post('/posts/a', {}, 'page')],
    ['4 KiB', GENERATE, { ...post(''), body: String(post('/posts/a').body).padEnd(4096) }],
    [
      'more than 4 KiB',
      GENERATE,
      { ...post(''), body: String(post('/posts/a').body).padEnd(4097) },
    ],
  ])('answers %s as Koa does', async (_, path, init) => {
    const { fast, koa } = await openBoth();
    const expected = await answerOf(koa, path, init);
    for (let n = 0; n < 2; n += 1) expect(await answerOf(fast, path, init)).toEqual(expected);
  });

  it('keeps apart who asks for the same in another way', async () => {
    const { fast, koa } = await openBoth();
    await Promise.all([fast, koa].map(({ ask }) => ask('/posts/a', { from: READERS.JP })));
    const ways = [READERS.FR, READERS.JP, ''].flatMap((from) =>
      [GENERATE, `${GENERATE}?details=1`].map((path) => [path, from] as const),
    );
    for (let n = 0; n < OFTEN; n += 1) {
      for (const [path, from] of ways) {
        const init = post('/posts/a', { 'X-Real-IP': from });
        expect(await answerOf(fast, path, init)).toEqual(await answerOf(koa, path, init));
      }
    }
  });

  it.each([
    ['a reader of a new page', {}, 200],
    ['that there is no picture', { DAILY_GENERATION_BUDGET: '0' }, 503],
  ])('tells %s what Koa does, except which picture', async (_, env, status) => {
    const fast = await openTestCafe({ env });
    const koa = await openTestCafe({ env, hasFastLane: false });
    const ask = async (cafe: TestCafe) => {
      const { body, ...rest } = await answerOf(cafe, GENERATE, post('/posts/a', origin));
      return { ...rest, body: { ...JSON.parse(body), url: 'any' } };
    };
    const expected = await ask(koa);
    expect(expected.status).toBe(status);
    expect(await ask(fast)).toEqual(expected);
    const { answers, refusals } = koa.cafe.requestCounts;
    expect(fast.cafe.requestCounts).toMatchObject({ answers, refusals });
  });

  it('hands on nothing to Koa of a new page but a failure', async () => {
    const { cafe, openai } = await openTestCafe();
    const handOn = vi.fn();
    const { servePageImage, renditionUrls, config, requestCounts } = cafe;
    const lane = fastLane(
      {
        servePageImage,
        present: imagePresenter(renditionUrls),
        trust: config.proxy,
        connections: new Connections(16),
        origins: new OriginPolicy([], () => {}),
        counts: requestCounts,
        server: { listening: true },
        names: new PageNames(),
      },
      (request, response) => {
        handOn(handedOver(request)?.failure?.cause);
        response.end();
      },
    );
    const server = createServer(lane).listen(0);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await fetch(url + GENERATE, post('/posts/a'))).status).toBe(200);
    expect(handOn).not.toHaveBeenCalled();
    openai.answerNext(refusal(400, { message: 'no' }));
    await fetch(url + GENERATE, post('/posts/b'));
    expect(handOn.mock.calls).toEqual([[expect.objectContaining({ code: 'upstream_failed' })]]);
  });

  it('P4: answers one request with 500 where something in it fails that must not, and goes on', async () => {
    const { cafe, log, ask } = await openTestCafe();
    await ask('/posts/a');
    const recall = vi.spyOn(cafe.servePageImage, 'recall').mockImplementationOnce(() => {
      throw new TypeError('nobody thought of this');
    });
    const { status, body } = await ask('/posts/a');
    expect([status, body.error.code]).toEqual([500, 'internal']);
    expect(recall).toHaveBeenCalledOnce();
    expect(log.join('')).toContain('nobody thought of this');
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it('answers a page as Koa does whose URL was not ASCII', async () => {
    const { fast, koa } = await openBoth({ PUBLIC_IMAGE_BASE_URL: 'https://bücher.example' });
    const expected = await answerOf(koa, GENERATE, post('/posts/a'));
    expect(expected.body).toContain('https://xn--bcher-kva.example/');
    expect(await answerOf(fast, GENERATE, post('/posts/a'))).toEqual(expected);
  });
});
