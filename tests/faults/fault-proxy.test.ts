import { describe, expect, it, onTestFinished } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { serveFetch } from '../support/serve-fetch.ts';

async function opened() {
  let served = 0;
  const upstream = await serveFetch(async () => {
    served += 1;
    return new Response('x'.repeat(1000));
  });
  const proxy = await FaultProxy.before(upstream.url);
  onTestFinished(async () => {
    await proxy.close();
    await upstream.close();
  });
  return { proxy, served: () => served };
}

async function ask(url: string, path = '/'): Promise<string> {
  return (await fetch(url + path)).text();
}

describe('the fault proxy', () => {
  it('passes calls on, and takes them down in order', async () => {
    const { proxy } = await opened();
    expect(await ask(proxy.url, '/a')).toHaveLength(1000);
    expect(await ask(proxy.url, '/b?c=d')).toHaveLength(1000);
    expect(proxy.journal).toEqual(['GET /a', 'GET /b?c=d']);
  });

  it('refuses connections on the same port until it passes again', async () => {
    const { proxy } = await opened();
    await proxy.set({ kind: 'refuse' });
    await expect(ask(proxy.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await proxy.pass();
    expect(await ask(proxy.url)).toHaveLength(1000);
  });

  it('breaks the calls that are meant, as often as it is told', async () => {
    const { proxy, served } = await opened();
    await proxy.set({ kind: 'reset', of: 'request', afterBytes: 0 }, { only: /\/a$/, times: 1 });
    expect(await ask(proxy.url, '/b')).toHaveLength(1000);
    await expect(ask(proxy.url, '/a')).rejects.toThrow('fetch failed');
    expect(served()).toBe(1);
    expect(await ask(proxy.url, '/a')).toHaveLength(1000);
  });

  it.each([
    { kind: 'reset', of: 'answer', afterBytes: 300 },
    { kind: 'truncate', afterBytes: 300 },
  ] as const)('lets a client see a part of the answer only: %j', async (weather) => {
    const { proxy, served } = await opened();
    await proxy.set(weather);
    await expect(ask(proxy.url)).rejects.toThrow();
    expect(served()).toBe(1);
  });

  it.each([
    { weather: { kind: 'black hole' }, heard: 0 },
    { weather: { kind: 'mute' }, heard: 1 },
    { weather: { kind: 'stall', afterBytes: 100 }, heard: 1 },
  ] as const)(
    'holds back what the weather is for, and lets it go: %j',
    async ({ weather, heard }) => {
      const { proxy, served } = await opened();
      await proxy.set(weather);
      const answer = ask(proxy.url);
      await expect.poll(() => proxy.journal.length).toBe(1);
      await expect.poll(served).toBe(heard);
      await proxy.pass();
      expect(await answer).toHaveLength(1000);
    },
  );

  it.each([
    { kind: 'latency', ms: 100 },
    { kind: 'throttle', bytesPerSecond: 8000 },
  ] as const)('takes its time, and passes everything: %j', async (weather) => {
    const { proxy } = await opened();
    await proxy.set(weather);
    expect(await ask(proxy.url)).toHaveLength(1000);
  });
});
