import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import type { Weather } from '../support/fault-proxy.ts';
import { openProxiedCafe, PICTURES } from '../support/open-proxied-cafe.ts';
import type { S3Service } from '../support/real-services.ts';

const PAGE = 'generated/v2/page-cache/article/posts/a-anywhere.png';
const PAGE_URL = `${PICTURES}/${PAGE}`;
const LOOK = /^HEAD .*\/page-cache\//;
const PUT_DATED = /^PUT \S+\/generated\/v2\/\d{4}\/[^?]*\.png\b/;
const PUT_PAGE = /^PUT \S+\/page-cache\//;

function behindAProxy(service: S3Service): void {
  const failing: [string, Weather][] = [
    ['does not answer', { kind: 'black hole' }],
    ['takes a call and does not answer', { kind: 'mute' }],
    ['breaks the connection at once', { kind: 'reset', of: 'request', afterBytes: 0 }],
    ['breaks it inside the answer', { kind: 'reset', of: 'answer', afterBytes: 20 }],
    ['ends inside the answer', { kind: 'truncate', afterBytes: 20 }],
  ];
  it.each(failing)(
    'S2: a store that %s lets nothing be bought, and is served again at its return',
    async (_, weather) => {
      const { proxy, openai, ask } = await openProxiedCafe(service);
      await proxy.set(weather, { only: LOOK });
      const { status, code, retryAfter } = await ask('/posts/a');
      expect([status, code]).toEqual([503, 'storage_unavailable']);
      expect(retryAfter).toBeGreaterThan(0);
      expect(openai.journal).toEqual([]);
      await proxy.pass();
      expect(await ask('/posts/a')).toMatchObject({ status: 200, url: PAGE_URL });
      expect(openai.journal).toHaveLength(1);
    },
  );

  it('S2: one broken look at the store is made good by another', async () => {
    const { proxy, ask } = await openProxiedCafe(service);
    await proxy.set({ kind: 'reset', of: 'answer', afterBytes: 0 }, { only: LOOK, times: 2 });
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it('S2: connections that died while they were idle cost no answer', async () => {
    const { proxy, openai, ask } = await openProxiedCafe(service);
    for (const page of ['/posts/a', '/posts/b', '/posts/c']) {
      expect((await ask(page)).status).toBe(200);
      proxy.cutAll();
    }
    expect(openai.journal).toHaveLength(3);
  });

  it('S4: an upload that breaks in the middle is made again, with the same key and bytes', async () => {
    const { proxy, store, openai, pngs, ask } = await openProxiedCafe(service);
    await proxy.set(
      { kind: 'reset', of: 'request', afterBytes: 600 },
      { only: PUT_DATED, times: 4 },
    );
    expect(await ask('/posts/a')).toMatchObject({ status: 200, url: PAGE_URL });
    const tries = proxy.journal.filter((call) => PUT_DATED.test(call));
    expect([tries.length, new Set(tries).size]).toEqual([5, 1]);
    expect(openai.journal).toHaveLength(1);
    const [dated, page] = await pngs();
    expect([dated, page]).toEqual([expect.stringMatching(/^generated\/v2\/\d/), PAGE]);
    const [first, second] = await Promise.all([store.get(dated!), store.get(page!)]);
    expect(Buffer.from(first!.bytes).equals(Buffer.from(second!.bytes))).toBe(true);
  });

  it('S5: where the page key is not taken the dated URL is served, and repaired at the return', async () => {
    const { proxy, openai, pngs, ask } = await openProxiedCafe(service);
    await proxy.set({ kind: 'reset', of: 'request', afterBytes: 0 }, { only: PUT_PAGE });
    const first = await ask('/posts/a');
    const [dated] = await pngs();
    expect(first).toMatchObject({ status: 200, url: `${PICTURES}/${dated}` });
    await proxy.pass();
    expect(await ask('/posts/a')).toMatchObject({ status: 200, url: PAGE_URL });
    expect(openai.journal).toHaveLength(1);
    expect(await pngs()).toEqual([dated, PAGE]);
  });

  it('S6: an upload whose answer is lost is stored once', async () => {
    const { proxy, openai, pngs, ask } = await openProxiedCafe(service);
    await proxy.set({ kind: 'mute' }, { only: PUT_DATED, times: 2 });
    expect(await ask('/posts/a')).toMatchObject({ status: 200, url: PAGE_URL });
    expect(proxy.countOf(PUT_DATED)).toBe(3);
    expect(openai.journal).toHaveLength(1);
    expect(await pngs()).toHaveLength(2);
  });

  it('S6: a page key whose answer is lost is known to be our own', async () => {
    const { proxy, openai, pngs, ask } = await openProxiedCafe(service);
    await proxy.set({ kind: 'reset', of: 'answer', afterBytes: 0 }, { only: PUT_PAGE, times: 1 });
    expect(await ask('/posts/a')).toMatchObject({ status: 200, url: PAGE_URL });
    expect(openai.journal).toHaveLength(1);
    expect(await pngs()).toHaveLength(2);
  });

  it('S2: pulled away under load, known pages go on, new ones get 503, and all is well at its return', async () => {
    const { proxy, openai, ask } = await openProxiedCafe(service);
    const known = Array.from({ length: 5 }, (_, n) => `/posts/known-${n}`);
    for (const page of known) expect((await ask(page)).status).toBe(200);
    const seen = { known: new Set<number>(), fresh: new Set<string>() };
    let isOver = false;
    const readers = known.map(async (page, n) => {
      for (let round = 0; !isOver; round += 1) {
        seen.known.add((await ask(page)).status);
        if (round % 20 === 0) {
          const { status, retryAfter } = await ask(`/posts/new-${n}-${round}`);
          seen.fresh.add(`${status} ${retryAfter > 0 ? 'retry' : ''}`);
        }
        await turn();
      }
    });
    for (const kind of ['refuse', 'black hole'] as const) {
      await proxy.set({ kind });
      seen.fresh.clear();
      await expect.poll(() => [...seen.fresh]).toEqual(['503 retry']);
    }
    isOver = true;
    await Promise.all(readers);
    expect(seen.known).toEqual(new Set([200]));
    expect(openai.journal).toHaveLength(known.length);
    await proxy.pass();
    await expect.poll(async () => (await ask('/posts/after')).status).toBe(200);
  });
}

describe('behind a network that fails,', () => behindAProxy(inject('radosgw')!));
