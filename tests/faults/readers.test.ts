import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { allThatComes, closed, rawConnection, rawRequest } from '../support/raw-http.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-anywhere.png';

/** What nobody has caught while the test ran. */
function uncaught(): unknown[] {
  const caught: unknown[] = [];
  const take = (error: unknown) => caught.push(error);
  process.on('unhandledRejection', take);
  onTestFinished(() => void process.off('unhandledRejection', take));
  return caught;
}

describe('readers who leave', () => {
  it('C2: a thousand of them, all who wait for a page, leave it bought once and stored', async () => {
    const rejections = uncaught();
    const { url, openai, s3, cafe, send, ask } = await openTestCafe({
      openai: { latencyMs: 1500 },
    });
    const sockets = Array.from({ length: 1000 }, () => rawConnection(url));
    for (const socket of sockets) socket.write(rawRequest('/posts/a'));
    await expect.poll(() => openai.journal.length).toBe(1);
    for (const [n, socket] of sockets.entries()) {
      if (n % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    expect((await send('/health')).status).toBe(200);
    await cafe.servePageImage.finished();
    expect(s3.objects.has(PAGE_KEY)).toBe(true);
    expect((await ask('/posts/a', { from: '' })).status).toBe(200);
    expect(openai.journal).toHaveLength(1);
    expect(rejections).toEqual([]);
  });

  it('C10: one whose connection broke and who asks again gets the same picture', async () => {
    const { url, openai, pngs } = await openTestCafe({ openai: { latencyMs: 500 } });
    const first = rawConnection(url);
    first.write(rawRequest('/posts/a'));
    await expect.poll(() => openai.journal.length).toBe(1);
    first.resetAndDestroy();
    const again = rawConnection(url);
    again.write(rawRequest('/posts/a', ['Connection: close']));
    expect(await allThatComes(again)).toMatch(/^HTTP\/1\.1 200 [\s\S]*a-anywhere\.png"\}$/);
    expect(openai.journal).toHaveLength(1);
    expect(pngs()).toHaveLength(2);
  });
});

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('drain', () => resolve()));
}

describe('a body without end', () => {
  it('C4: that is sent as fast as it is taken takes no memory', async () => {
    const { url, send } = await openTestCafe();
    const before = process.memoryUsage().rss;
    const sockets = Array.from({ length: 8 }, () => rawConnection(url));
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const answers = sockets.map(async (socket) => {
      const answer = allThatComes(socket);
      const over = closed(socket);
      socket.write(rawRequest('/a').replace(/Content-Length: .*/, 'Transfer-Encoding: chunked'));
      // What is sent after the answer is thrown away, or the connection is cut.
      for (let sent = 0; sent < 1500 && socket.writable; sent += 1) {
        if (!socket.write(chunk)) await Promise.race([drained(socket), over]);
      }
      socket.destroy();
      return answer;
    });
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(100);
    expect((await send('/health')).status).toBe(200);
  });
});
