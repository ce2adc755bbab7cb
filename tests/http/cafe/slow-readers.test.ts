import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestCafe } from '../../support/open-test-cafe.ts';
import { rawConnection } from '../../support/raw-http.ts';

const MB = 2 ** 20;
/** More than the system keeps on the way between two sockets. */
const LARGE = 12 * MB;
const READERS = 40;
const KEY = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';

async function openOnDisk(env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-slow-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const base = 'https://cafe.example/images';
  const chosen = { IMAGE_STORE: 'filesystem', DATA_DIR: folder, PUBLIC_IMAGE_BASE_URL: base };
  const cafe = await openTestCafe({ env: { ...chosen, ...env } });
  const bytes = Buffer.alloc(LARGE, 'picture ');
  await cafe.cafe.store.put(KEY, bytes, { contentType: 'image/png' });
  return { ...cafe, bytes };
}

function askWithoutReading(url: string, path: string, headers = ''): Socket {
  const socket = rawConnection(url);
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  return socket;
}

/** Bytes outside the heap, where buffers are. */
const buffered = () => process.memoryUsage().external;

describe('readers who do not read', () => {
  it('C14: take little memory for a picture of the filesystem store, and are closed', async () => {
    const { url, send, connections } = await openOnDisk({ ANSWER_TIMEOUT_MS: '3000' });
    const before = buffered();
    for (let n = 0; n < READERS; n += 1) askWithoutReading(url, `/images/${KEY}`);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, buffered());
    }, 20);
    onTestFinished(() => clearInterval(watch));
    await expect.poll(connections).toBeGreaterThanOrEqual(READERS);
    await expect.poll(connections, { timeout: 30_000 }).toBeLessThan(READERS / 2);
    expect((most - before) / MB).toBeLessThan(READERS);
    expect((await send('/health')).status).toBe(200);
  }, 60_000);
});

describe('readers who do not read what they asked for again and again', () => {
  it.each(['GET /health', 'GET /bytesized-cafe-app/cafe-image.js', 'GET /nothing'])(
    'C14: %s is not answered without end, and they are closed',
    async (line) => {
      const { url, send, connections } = await openTestCafe({ env: { ANSWER_TIMEOUT_MS: '2000' } });
      const before = process.memoryUsage().rss;
      const requests = `${line} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(2000);
      const sockets = Array.from({ length: 10 }, () => rawConnection(url));
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      for (const socket of sockets) {
        onTestFinished(() => void socket.destroy());
        socket.pause();
        for (let n = 0; n < 20; n += 1) socket.write(requests);
      }
      await expect.poll(connections, { timeout: 60_000 }).toBeLessThan(5);
      expect((process.memoryUsage().rss - before) / MB).toBeLessThan(400);
      await expect.poll(async () => (await send('/health')).status).toBe(200);
    },
    120_000,
  );
});

describe('readers who wait', () => {
  it.each([true, false])(
    'C14: longer than an answer may stand still get it in the end, with a fast lane: %s',
    async (hasFastLane) => {
      const options = { env: { ANSWER_TIMEOUT_MS: '1000' }, openai: { latencyMs: 3000 } };
      const { ask } = await openTestCafe({ ...options, hasFastLane });
      expect((await ask('/posts/a')).status).toBe(200);
    },
  );
});

describe('readers who read', () => {
  it('C14: slowly get the whole picture', async () => {
    const { url, bytes } = await openOnDisk({ ANSWER_TIMEOUT_MS: '1500' });
    const socket = askWithoutReading(url, `/images/${KEY}`, 'Connection: close\r\n');
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      socket.pause();
      setTimeout(() => socket.resume(), 15);
    });
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    const all = Buffer.concat(pieces);
    expect(all.subarray(all.indexOf('\r\n\r\n') + 4).equals(bytes)).toBe(true);
  }, 120_000);

  it('get a picture whole, its labels, and nothing but these for HEAD', async () => {
    const { send, url, bytes } = await openOnDisk();
    const response = await fetch(`${url}/images/${KEY}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(response.headers.get('content-length')).toBe(String(LARGE));
    expect(response.headers.get('content-type')).toBe('image/png');
    const head = await send(`/images/${KEY}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(LARGE)]);
    const etag = String(response.headers.get('etag'));
    const again = await send(`/images/${KEY}`, {
      headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  });
});
