import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { type Answer, openTestCafe, READERS } from '../../support/open-test-cafe.ts';
import { allThatComes, closed, rawConnection, rawRequest } from '../../support/raw-http.ts';

function expectTurnedAway({ status, body, headers }: Answer): void {
  expect([status, body.error.code]).toEqual([503, 'overloaded']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, s]) => s);

describe('the places of those who wait', () => {
  it('C13: are given back when readers leave, also those of pipelined requests', async () => {
    const cafe = await openTestCafe({ env: { MAX_WAITING_REQUESTS: '20', ...WITH_ADMIN } });
    const { url, ask, openai } = cafe;
    const admin = await openAdmin(cafe);
    openai.latencyMs = 120_000;
    const sockets = [1, 2, 3].map(() => rawConnection(url));
    for (const socket of sockets) socket.write(rawRequest('/posts/a').repeat(100));
    await expect.poll(async () => (await admin.get('/status')).body.shedding).toBe(true);
    expectTurnedAway(await ask('/posts/b'));
    for (const socket of sockets) socket.destroy();
    openai.latencyMs = 0;
    await expect.poll(async () => (await ask('/posts/b')).status).toBe(200);
  }, 30_000);

  it('C13: of one connection are limited, and the others are turned away in order', async () => {
    const env = { MAX_REQUESTS_PER_CONNECTION: '5' };
    const { url, ask, openai } = await openTestCafe({ env, openai: { latencyMs: 1000 } });
    const socket = rawConnection(url);
    const last = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    socket.write(`${rawRequest('/posts/a').repeat(20)}${last}`);
    await expect.poll(() => openai.journal.length).toBe(1);
    expect((await ask('/posts/b')).status).toBe(200);
    const statuses = statusesIn(await allThatComes(socket));
    expect(statuses).toEqual([...Array(5).fill('200'), ...Array(16).fill('503')]);
    // One request after another may be any number.
    for (let n = 0; n < 12; n += 1) expect((await ask('/posts/a')).status).toBe(200);
  }, 30_000);

  it.each(['/ready', '/images/generated/v2/x.png', '/api/admin/status', '/health'])(
    'C13: of one connection are limited wherever they ask, such as %s',
    async (path) => {
      const env = { MAX_REQUESTS_PER_CONNECTION: '5' };
      const { url, openai } = await openTestCafe({ env, openai: { latencyMs: 500 } });
      const socket = rawConnection(url);
      socket.write(rawRequest('/posts/a'));
      await expect.poll(() => openai.journal.length).toBe(1);
      const request = `GET ${path} HTTP/1.1\r\nHost: x\r\n`;
      socket.write(`${`${request}\r\n`.repeat(9)}${request}Connection: close\r\n\r\n`);
      const statuses = statusesIn(await allThatComes(socket));
      expect(statuses).toHaveLength(11);
      expect(statuses.slice(5)).toEqual(Array(6).fill('503'));
    },
  );

  it('C13: of one address are limited, and others wait beside it', async () => {
    const env = { MAX_WAITING_PER_ADDRESS: '3' };
    const { ask, openai } = await openTestCafe({ env, openai: { latencyMs: 1500 } });
    const waiting = [1, 2, 3].map((n) => ask('/posts/a', { from: `2a00:1450::${n}` }));
    await expect.poll(() => openai.journal.length).toBe(1);
    expectTurnedAway(await ask('/posts/a', { from: '2a00:1450::ffff' }));
    const others = [READERS.JP, READERS.FR, '2a00:1450:0:1::1'].map((from) =>
      ask('/posts/a', { from }),
    );
    const all = await Promise.all([...waiting, ...others]);
    expect(all.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect((await ask('/posts/b', { from: '2a00:1450::ffff' })).status).toBe(200);
  }, 30_000);

  it('C13: of searches that an address began are limited after it has left, too', async () => {
    const env = { MAX_WAITING_PER_ADDRESS: '2' };
    const { url, ask, openai, cafe } = await openTestCafe({ env, openai: { latencyMs: 1500 } });
    const from = `X-Real-IP: ${READERS.FR}`;
    for (const path of ['/posts/a', '/posts/b']) {
      const socket = rawConnection(url);
      socket.write(rawRequest(path, [from]));
      await expect.poll(() => openai.journal.length).toBe(path === '/posts/a' ? 1 : 2);
      socket.destroy();
      await closed(socket);
    }
    expectTurnedAway(await ask('/posts/c'));
    expect((await ask('/posts/d', { from: READERS.JP })).status).toBe(200);
    await cafe.servePageImage.finished();
    expect((await ask('/posts/c')).status).toBe(200);
  }, 30_000);
});
