import { execFileSync } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askFor } from '../support/open-proxied-cafe.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { productionEnvironment } from '../support/production-environment.ts';
import { allThatComes, rawConnection, rawRequest } from '../support/raw-http.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { tinyPng } from '../support/tiny-png.ts';
import { quantile, startWatched } from '../support/watched-service.ts';

/** Ten thousand where that many connections may be open, and what this process needs besides. */
const CROWD = Math.min(10_000, Number(execFileSync('sh', ['-c', 'ulimit -n'])) - 1000);
const MB = 2 ** 20;
const KEY = (page: string) => `generated/v2/page-cache/article/posts/${page}-anywhere.png`;

async function open(env: Record<string, string> = {}, picture?: (n: number) => Uint8Array) {
  const s3 = new S3StandIn();
  const openai = new OpenAiStandIn(picture ? { picture } : {});
  const served = await Promise.all([s3, openai].map(({ handle }) => serveFetch(handle)));
  onTestFinished(async () => {
    await Promise.all(served.map((upstream) => upstream.close()));
  });
  const [store, images] = served.map(({ url }) => url);
  const urls = { s3: String(store), openai: String(images) };
  const service = await startWatched({ ...productionEnvironment(urls), ...env });
  return { s3, openai, service };
}

/** Connects all of them, a few at a time, so that none waits for another to be accepted. */
async function gather(url: string): Promise<Socket[]> {
  const crowd: Socket[] = [];
  while (crowd.length < CROWD) {
    const some = Array.from({ length: Math.min(500, CROWD - crowd.length) }, () =>
      rawConnection(url),
    );
    await Promise.all(
      some.map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
    );
    crowd.push(...some);
  }
  return crowd;
}

function report(name: string, figures: Record<string, unknown>): void {
  process.stdout.write(`${name}: ${JSON.stringify(figures)}\n`);
}

describe('ten thousand readers of one new page', () => {
  it('C8, P5: all get the same URL of a picture that is bought once, and block nothing', async () => {
    const { s3, openai, service } = await open();
    openai.latencyMs = 5000;
    const before = (await service.figures()).at(-1)?.rss ?? 0;
    const crowd = await gather(service.url);
    s3.journal.length = 0;
    const answers = crowd.map((socket) => {
      socket.write(rawRequest('/posts/a', ['Connection: close']));
      return allThatComes(socket, 60_000);
    });
    const bodies = (await Promise.all(answers)).map((answer) => answer.split('\r\n\r\n')[1]);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain(KEY('a'));
    expect(openai.generations).toHaveLength(1);
    const pngs = s3.calls('put').filter(({ key }) => key.endsWith('.png'));
    expect([s3.countOf({ operation: 'head', key: KEY('a') }), pngs.length]).toEqual([1, 2]);
    expect(s3.calls('list').length).toBeLessThanOrEqual(2);
    const figures = await service.figures();
    const grownMB = Math.round((Math.max(...figures.map(({ rss }) => rss)) - before) / MB);
    const p99 = figures.map(({ loopP99Ms }) => loopP99Ms);
    const loop = { medianP99Ms: quantile(p99, 0.5), maxP99Ms: Math.max(...p99) };
    report('crowd', { readers: CROWD, grownMB, ...loop });
    // Most of it is Node's own, for connections: some 28 KB each.
    expect(grownMB).toBeLessThan(450);
  }, 180_000);

  it('C2: who all leave have it bought once, and stored', async () => {
    const { s3, openai, service } = await open();
    openai.latencyMs = 5000;
    const crowd = await gather(service.url);
    for (const socket of crowd) socket.write(rawRequest('/posts/b'));
    await expect.poll(() => openai.generations.length, { timeout: 30_000 }).toBe(1);
    for (const socket of crowd) socket.resetAndDestroy();
    await expect.poll(() => s3.objects.has(KEY('b')), { timeout: 30_000 }).toBe(true);
    expect((await askFor(service.url, '/posts/b')).status).toBe(200);
    expect(openai.generations).toHaveLength(1);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(service.output()).not.toMatch(/unhandled/i);
  }, 180_000);
});

describe('P6: a process with a heap of 96 MB', () => {
  it('paints eight pictures of 3 MB at once, and serves a crowd of other pages beside them', async () => {
    const picture = (seed: number) => tinyPng({ seed, ballast: 3_000_000 });
    const env = { NODE_OPTIONS: '--max-old-space-size=96', DAILY_GENERATION_BUDGET: '24' };
    const { openai, service } = await open(env, picture);
    openai.latencyMs = 500;
    for (let round = 0; round < 4; round += 1) {
      const pages = Array.from({ length: 60 }, (_, n) =>
        askFor(service.url, `/posts/${round}-${n}`).then(({ status }) => status),
      );
      for (const status of await Promise.all(pages)) expect([200, 503]).toContain(status);
      await wait(100);
    }
    expect(openai.generations).toHaveLength(24);
    const rssMB = Math.round(Math.max(...(await service.figures()).map(({ rss }) => rss)) / MB);
    report('small heap', { rssMB });
    expect(rssMB).toBeLessThan(500);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  }, 180_000);
});
