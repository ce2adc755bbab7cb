import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hostileBodies } from '../support/hostile-bodies.ts';
import { BLOG, openTestCafe, type TestCafe } from '../support/open-test-cafe.ts';
import { closed, rawConnection } from '../support/raw-http.ts';

const GENERATE = '/api/cafe/generate';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const json = { 'Content-Type': 'application/json' };

function expectNothingHappened({ s3, openai, countryIs }: TestCafe): void {
  expect([s3.journal, openai.journal, countryIs.journal]).toEqual([[], [], []]);
}

describe('the endpoint', () => {
  it('answers exactly {"url"}, never to be cached', async () => {
    const { status, headers, body } = await (await openTestCafe()).ask('/posts/a');
    expect([status, Object.keys(body)]).toEqual([200, ['url']]);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    // No line of the log is about it.
    expect(headers.get('x-request-id')).toBeNull();
  });

  it('answers what a page needs to show the picture with ?details=1', async () => {
    const { ask } = await openTestCafe();
    const first = await ask('/posts/a', { query: '?details=1' });
    const details = {
      url: expect.stringContaining('/page-cache/article/posts/a-france.png'),
      alt: 'A dish popular in France, imagined by AI',
      country: { code: 'FR', name: 'France' },
      width: expect.any(Number),
      height: expect.any(Number),
      model: 'gpt-image-2',
    };
    const placeholder = expect.stringMatching(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(first.body).toEqual({ ...details, placeholder, source: 'generated' });
    const second = await ask('/posts/a', { query: '?details=1' });
    expect(second.body).toEqual({ ...first.body, source: 'stored' });
    const worldwide = await ask('/posts/a', { query: '?details=1', from: '' });
    expect(worldwide.body).toMatchObject({
      alt: 'A dish popular somewhere in the world, imagined by AI',
      country: null,
    });
  });

  it.each(['index', 'article', 'archive'])('knows the page type %s', async (type) => {
    const { body } = await (await openTestCafe()).ask('/x', { type });
    expect(body.url).toContain(`/page-cache/${type}/x-france.png`);
  });

  it.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
  ])('takes %s', async (type) => {
    const { ask } = await openTestCafe();
    expect((await ask('/a', { headers: { 'Content-Type': type } })).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=utf-16',
    '',
  ])('C6: refuses the content type %j with 415', async (type) => {
    const cafe = await openTestCafe();
    const { status, body } = await cafe.ask('/a', { headers: { 'Content-Type': type } });
    expect([status, body.error.code]).toEqual([415, 'unsupported_media_type']);
    expectNothingHappened(cafe);
  });

  it('C6: refuses a compressed body with 415', async () => {
    const { ask } = await openTestCafe();
    expect((await ask('/a', { headers: { 'Content-Encoding': 'gzip' } })).status).toBe(415);
  });

  it('C5: answers a hundred hostile bodies with 4xx and a JSON error, and does nothing', async () => {
    const cafe = await openTestCafe();
    const bodies = hostileBodies();
    expect(bodies.length).toBeGreaterThanOrEqual(100);
    for (const body of bodies) {
      const answer = await cafe.send(GENERATE, { method: 'POST', headers: json, body });
      expect([String(body).slice(0, 80), answer.status]).toEqual([
        String(body).slice(0, 80),
        expect.toSatisfy((status: number) => status >= 400 && status < 500),
      ]);
      expect(answer.headers.get('x-request-id')).toMatch(UUID);
      expect(answer.body).toEqual({
        error: {
          code: expect.stringMatching(/^[a-z_]+$/),
          message: expect.any(String),
          requestId: answer.headers.get('x-request-id'),
        },
      });
    }
    expectNothingHappened(cafe);
  });

  it('C5: ignores fields it does not know', async () => {
    const { send } = await openTestCafe();
    const context = { pagePath: '/a', pageType: 'article', country: 'XX', prompt: 'a cat' };
    const body = JSON.stringify({ context, __proto__: { a: 1 }, extra: [1] });
    expect((await send(GENERATE, { method: 'POST', headers: json, body })).status).toBe(200);
  });

  it.each([4097, 5000, 1_000_000])('C4: refuses a body of %d bytes with 413', async (size) => {
    const cafe = await openTestCafe();
    const body = ' '.repeat(size);
    const { status } = await cafe.send(GENERATE, { method: 'POST', headers: json, body });
    expect(status).toBe(413);
    expectNothingHappened(cafe);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])(
    'C6: refuses %s with 405 and Allow',
    async (method) => {
      const cafe = await openTestCafe();
      const { status, headers } = await cafe.send(GENERATE, { method });
      expect(status).toBe(405);
      expect(headers.get('allow')?.split(', ').sort()).toEqual(['OPTIONS', 'POST']);
      expectNothingHappened(cafe);
    },
  );

  it.each([
    '/',
    '/api',
    '/api/cafe/generate/',
    '/api/cafe/generate/x',
    '/images/x.png',
    '/%zz',
    '/%',
  ])('knows nothing at %s', async (path) => {
    const { status, body } = await (await openTestCafe()).send(path);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });
});

describe('/health', () => {
  it.each(['GET', 'HEAD'])('is answered to %s without a call', async (method) => {
    const cafe = await openTestCafe();
    const headers = { Host: 'healthcheck.railway.app' };
    const { status } = await cafe.send('/health', { method, headers });
    expect(status).toBe(200);
    expectNothingHappened(cafe);
  });
});

describe('cross-origin access', () => {
  const ALLOW = 'access-control-allow-origin';
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    },
  });

  it("is granted to the blog's origins by a preflight", async () => {
    const cafe = await openTestCafe();
    const { status, headers } = await cafe.send(GENERATE, preflight(BLOG));
    expect(status).toBe(204);
    expect(headers.get(ALLOW)).toBe(BLOG);
    expect(headers.get('access-control-allow-methods')).toBe('POST, OPTIONS');
    expect(headers.get('access-control-allow-headers')).toBe('Content-Type');
    expect(headers.get('vary')).toBe('Origin');
    expectNothingHappened(cafe);
  });

  it('is granted to each of several origins, and to no other', async () => {
    const origins = [BLOG, 'http://localhost:4000'];
    const { send } = await openTestCafe({ env: { CORS_ALLOWED_ORIGINS: origins.join(',') } });
    for (const origin of origins) {
      expect((await send(GENERATE, preflight(origin))).headers.get(ALLOW)).toBe(origin);
    }
    for (const origin of [
      'https://evil.example',
      'null',
      `${BLOG}.evil.example`,
      'http://blog.example',
    ]) {
      const { headers } = await send(GENERATE, preflight(origin));
      for (const name of headers.keys()) expect(name).not.toMatch(/^access-control/);
    }
  });

  it.each([
    [200, '/a', {}],
    [400, '', {}],
    [413, 'x'.repeat(5000), {}],
    [415, '/a', { 'Content-Type': 'text/plain' }],
  ])('lets the blog read answers with status %d', async (expected, path, extra) => {
    const { ask } = await openTestCafe();
    const { status, headers } = await ask(path, { headers: extra });
    expect([status, headers.get(ALLOW), headers.get('vary')]).toEqual([expected, BLOG, 'Origin']);
  });

  it('lets the blog read 405 and 503, too', async () => {
    const { send, ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    const refused = await send(GENERATE, { headers: { Origin: BLOG } });
    const spent = await ask('/a');
    expect([refused.status, refused.headers.get(ALLOW)]).toEqual([405, BLOG]);
    expect([spent.status, spent.headers.get(ALLOW)]).toEqual([503, BLOG]);
  });

  it('C7: is refused to another origin before anything happens', async () => {
    const cafe = await openTestCafe();
    const { status, headers, body } = await cafe.ask('/a', {
      headers: { Origin: 'https://evil.example' },
    });
    expect([status, body.error.code]).toEqual([403, 'origin_not_allowed']);
    expect(headers.has(ALLOW)).toBe(false);
    expectNothingHappened(cafe);
  });

  it('C7: does not concern a request without an origin', async () => {
    const { send } = await openTestCafe();
    const body = JSON.stringify({ context: { pagePath: '/a', pageType: 'article' } });
    const { status, headers } = await send(GENERATE, { method: 'POST', headers: json, body });
    expect([status, headers.has(ALLOW)]).toEqual([200, false]);
  });

  it("is granted to the demo blog's own origin, too, where there is one", async () => {
    const laptop = { NODE_ENV: 'development', IMAGE_STORE: 's3', IMAGE_GENERATOR: 'openai' };
    const { ask } = await openTestCafe({ env: { ...laptop, GEO_LOCATOR: 'none' } });
    const headers = { Origin: 'http://localhost:8080' };
    expect((await ask('/a', { headers })).status).toBe(200);
  });

  it('is neither granted nor refused where no origin is configured', async () => {
    const { ask } = await openTestCafe({ env: { CORS_ALLOWED_ORIGINS: '' } });
    const { status, headers } = await ask('/a');
    expect([status, headers.has(ALLOW)]).toEqual([200, false]);
  });
});

describe('a connection', () => {
  /** Sends bytes as they are, and gives what came back until the server closed. */
  function raw(url: string, ...parts: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      for (const part of parts) socket.write(part);
    });
  }

  it('C11: that was idle for longer than a request may take is still good', async () => {
    const { url } = await openTestCafe({ env: { REQUEST_TIMEOUT_MS: '500' } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const health = async () => {
      socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
      return String((await once(socket, 'data'))[0]);
    };
    expect(await health()).toMatch(/^HTTP\/1\.1 200 /);
    await wait(1500);
    expect(await health()).toMatch(/^HTTP\/1\.1 200 [\s\S]*Keep-Alive: timeout=75/);
    socket.destroy();
  });

  it('C4: that never finishes its body is closed', async () => {
    const { url } = await openTestCafe({ env: { REQUEST_TIMEOUT_MS: '1000' } });
    const head = `POST ${GENERATE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    expect(await raw(url, `${head}Content-Length: 100\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('C4: that sends without end is answered 413 at once, and closed', async () => {
    const { url } = await openTestCafe({ env: { REQUEST_TIMEOUT_MS: '2000' } });
    const socket = rawConnection(url);
    const head = `POST ${GENERATE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const more = setInterval(() => socket.write(`1000\r\n${' '.repeat(4096)}\r\n`), 20);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    // The next write may find the connection reset. That, too, is an end.
    await closed(socket);
    clearInterval(more);
  });

  it('C12: that never finishes its headers is closed', async () => {
    const { url } = await openTestCafe({ env: { REQUEST_TIMEOUT_MS: '1000' } });
    expect(await raw(url, 'GET /health HTTP/1.1\r\nHost: x\r\nX: ')).toMatch(/^HTTP\/1\.1 408 /);
  });
});
