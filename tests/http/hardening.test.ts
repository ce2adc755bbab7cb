import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hostileBodies } from '../support/hostile-bodies.ts';
import { BLOG, openTestCafe, READERS } from '../support/open-test-cafe.ts';
import { refusal } from '../support/openai-answers.ts';

const GENERATE = '/api/cafe/generate';
const json = { 'Content-Type': 'application/json' };

/** Sends bytes as they are, and gives what came back until the server closed. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(text);
  return (await socket.setEncoding('latin1').toArray()).join('');
}

describe('every answer', () => {
  it.each([
    ['a picture', 'POST', GENERATE, 200],
    ['health', 'GET', '/health', 200],
    ['readiness', 'GET', '/ready', 200],
    ['a redirection', 'GET', '/api/cafe/image?path=/posts/a&type=article', 302],
    ['a placeholder', 'GET', '/api/cafe/placeholder.png', 200],
    ['the element', 'GET', '/bytesized-cafe-app/cafe-image.js', 200],
    ['a preflight', 'OPTIONS', GENERATE, 204],
    ['nothing', 'GET', '/nothing', 404],
    ['a refused method', 'GET', GENERATE, 405],
    ["the admin's door", 'GET', '/api/admin/status', 401],
  ])('says what it is and who may have it: %s', async (_, method, path, status) => {
    const { send } = await openTestCafe({ env: { ADMIN_TOKEN: 'canary-admin-token-0123456789' } });
    const body = JSON.stringify({ context: { pagePath: '/posts/a', pageType: 'article' } });
    const answer = await send(path, {
      method,
      headers: { ...json, Origin: BLOG },
      redirect: 'manual',
      ...(method === 'POST' ? { body } : {}),
    });
    expect(answer.status).toBe(status);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': /image|placeholder|element|app\//.test(path)
        ? 'cross-origin'
        : 'same-origin',
    });
    expect(Object.hasOwn(headers, 'x-request-id')).toBe(status >= 400);
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });

  it('says so from memory, too, and pictures may be shown by any page', async () => {
    const { ask, send } = await openTestCafe({
      env: { IMAGE_STORE: 'memory', PUBLIC_IMAGE_BASE_URL: 'https://cafe.example/images' },
    });
    const first = await ask('/posts/a');
    const known = await ask('/posts/a');
    for (const { headers } of [first, known]) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
    const { headers, status } = await send(new URL(known.body.url).pathname);
    expect(status).toBe(200);
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('the Host header', () => {
  it.each(['evil.example', 'evil.example:99', '[::1]', 'a b', ''])(
    'is believed by nobody: %j',
    async (host) => {
      const cafe = await openTestCafe();
      await cafe.ask('/posts/a');
      const body = '{"context":{"pagePath":"/posts/a","pageType":"article"}}';
      const asked = [
        `GET /health HTTP/1.1\r\nHost: ${host}\r\n`,
        `GET /api/cafe/image?path=/posts/a&type=article HTTP/1.1\r\nHost: ${host}\r\n`,
        `GET /bytesized-cafe-app HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: evil.example\r\n`,
        `POST ${GENERATE} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\n`,
      ];
      for (const head of asked) {
        const sent = head.startsWith('POST') ? body : '';
        const answer = await raw(cafe.url, `${head}Connection: close\r\n\r\n${sent}`);
        expect(answer).toMatch(/^HTTP\/1\.1 (200|302|404) /);
        expect(answer).not.toContain('evil');
      }
    },
  );
});

describe('hostile input', () => {
  it('N10: cannot begin a line of the log, nor a header', async () => {
    const cafe = await openTestCafe();
    const tricks = [
      '\r\nX-Evil: 1',
      '\n{"level":"fatal"}',
      '\u001b[31m',
      '\u2028',
      '\u0085',
      '%0d%0aX-Evil: 1',
    ];
    for (const trick of tricks) {
      cafe.openai.answerNext(refusal(400, { message: `${trick} ${trick}`, code: 'x' }));
      const path = `/posts/${trick}/${tricks.indexOf(trick)}`;
      for (const answer of [
        await cafe.ask(path, { headers: { 'User-Agent': 'x"\\}{' } }),
        await cafe.send(`/api/cafe/image?type=article&path=${encodeURIComponent(path)}`, {
          redirect: 'manual',
        }),
      ]) {
        expect(answer.status).toBeLessThan(503);
        expect([...answer.headers.keys()]).not.toContain('x-evil');
      }
    }
    expect(cafe.log.length).toBeGreaterThan(tricks.length);
    for (const line of cafe.log) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(line).toMatch(/^[^\u0000-\u001f]*\n$/);
      expect(JSON.parse(line).level).not.toBe('fatal');
    }
  });

  it('C5: changes nothing that all objects have, here or in what is stored', async () => {
    const cafe = await openTestCafe();
    const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
    const poison = { pagePath: '/poisoned', pageType: 'article', country: 'JP' };
    const bodies = [
      ...hostileBodies(),
      `{"context":{"pagePath":"/a","pageType":"article"},"__proto__":{"context":${JSON.stringify(poison)}}}`,
      `{"context":{"pagePath":"/a","pageType":"article","__proto__":${JSON.stringify(poison)}}}`,
      `{"context":{"pagePath":"/a","pageType":"article"},"constructor":{"prototype":{"polluted":1}}}`,
      '{"context":{"pagePath":"/a","pageType":"constructor"}}',
      '{"context":{"pagePath":"/a","pageType":"__proto__"}}',
    ];
    for (const body of bodies) {
      const { status } = await cafe.send(GENERATE, { method: 'POST', headers: json, body });
      expect(status).toBeLessThan(500);
    }
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(cafe.keys('').join()).not.toContain('poisoned');
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x'])(
    'is not decompressed: 415 for %s',
    async (encoding) => {
      const cafe = await openTestCafe();
      const headers = { 'Content-Encoding': encoding };
      const { status, body } = await cafe.ask('/a', { headers });
      expect([status, body.error.code]).toEqual([415, 'unsupported_media_type']);
      expect(cafe.s3.journal).toEqual([]);
    },
  );
});

describe('P4: an error that nobody expected', () => {
  it('is 500 for who asked, without a word about it, and leaves nothing behind', async () => {
    const cafe = await openTestCafe();
    vi.spyOn(cafe.cafe.store, 'head').mockRejectedValueOnce(new TypeError('x is not a dish'));
    const answers = await Promise.all([cafe.ask('/posts/a'), cafe.ask('/posts/a')]);
    for (const { status, body } of answers) {
      expect([status, body.error.code, body.error.message]).toEqual([
        500,
        'internal',
        'Something went wrong.',
      ]);
    }
    expect(cafe.log.filter((line) => line.includes('x is not a dish')).length).toBeGreaterThan(0);
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    await cafe.cafe.servePageImage.finished();
  });
});

describe('connections that send slowly', () => {
  it('C4, C12: keep nobody else from an answer, and are closed', async () => {
    const cafe = await openTestCafe({ env: { REQUEST_TIMEOUT_MS: '5000' } });
    await cafe.ask('/posts/a');
    const port = Number(new URL(cafe.url).port);
    let open = 0;
    const sockets: Socket[] = [];
    for (let n = 0; n < 300; n += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('connect', () => {
        open += 1;
      });
      socket.on('close', () => {
        open -= 1;
      });
      socket.resume();
      const head = `POST ${GENERATE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
      socket.write(n % 2 ? head : `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`);
      sockets.push(socket);
    }
    const drip = setInterval(() => {
      for (const [n, socket] of sockets.entries()) {
        if (socket.writable) socket.write(n % 2 ? 'X-A: b\r\n' : '1\r\n \r\n');
      }
    }, 200);
    onTestFinished(() => {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    });
    await expect.poll(() => open).toBe(300);
    for (let n = 0; n < 20; n += 1) expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect((await cafe.ask('/posts/b', { from: READERS.JP })).status).toBe(200);
    // However they go on: what counts is when they began.
    await expect.poll(() => open).toBe(0);
  });
});
