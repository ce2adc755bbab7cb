import { describe, expect, it, onTestFinished } from 'vitest';
import { FaultProxy, type Weather } from '../support/fault-proxy.ts';
import { openTestCafe, type TestCafe } from '../support/open-test-cafe.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { tinyPng } from '../support/tiny-png.ts';

/** Bytes of an answer's head and body, of a picture that fills several packets. */
const ANSWER_BYTES = 250_000;

async function openBehindAProxy(env: Record<string, string> = {}) {
  const picture = () => tinyPng({ ballast: 190_000 });
  const openai = new OpenAiStandIn({ picture });
  const upstream = await serveFetch(openai.handle);
  const proxy = await FaultProxy.before(upstream.url);
  const cafe = await openTestCafe({ env: { OPENAI_BASE_URL: `${proxy.url}/v1`, ...env } });
  onTestFinished(async () => {
    await proxy.close();
    await upstream.close();
  });
  return { ...cafe, openai, proxy };
}

function states({ keys }: Pick<TestCafe, 'keys'>): string[] {
  return keys('records/2').map((key) => key.split('.')[1] ?? '');
}

describe('behind a network that fails, a generator', () => {
  const at = (tenths: number) => Math.floor((tenths * ANSWER_BYTES) / 10);
  const lost: Weather[] = [
    ...Array.from({ length: 10 }, (_, n): Weather => ({ kind: 'truncate', afterBytes: at(n) })),
    ...[0, 5, 9].map((n): Weather => ({ kind: 'reset', of: 'answer', afterBytes: at(n) })),
  ];

  it.each(lost)(
    'O5, O8: whose answer is lost with %j is paid for, and not asked again',
    async (weather) => {
      const cafe = await openBehindAProxy({ DAILY_GENERATION_BUDGET: '1' });
      await cafe.proxy.set(weather);
      expect((await cafe.ask('/posts/a')).status).toBe(502);
      await cafe.proxy.pass();
      expect(states(cafe)).toEqual(['unknown']);
      expect(cafe.pngs()).toEqual([]);
      // The unit is gone, so there is nothing to buy the next one with.
      expect((await cafe.ask('/posts/a')).status).toBe(503);
      expect(cafe.openai.journal).toHaveLength(1);
    },
  );

  it.each<Weather>([
    { kind: 'black hole' },
    { kind: 'mute' },
    { kind: 'throttle', bytesPerSecond: 2000 },
  ])(
    'O6, O11: that does not end with %j is given up in time, and its unit with it',
    async (weather) => {
      const cafe = await openBehindAProxy({ OPENAI_TIMEOUT_MS: '1000' });
      await cafe.proxy.set(weather);
      const { status, body } = await cafe.ask('/posts/a');
      expect([status, body.error.code]).toEqual([504, 'generation_timeout']);
      expect(states(cafe)).toEqual(['unknown']);
      expect(cafe.proxy.journal).toHaveLength(1);
      await cafe.proxy.pass();
      expect((await cafe.ask('/posts/a')).status).toBe(200);
    },
  );

  it('O4: that nobody reaches costs nothing', async () => {
    const cafe = await openBehindAProxy({ DAILY_GENERATION_BUDGET: '1' });
    await cafe.proxy.set({ kind: 'refuse' });
    expect((await cafe.ask('/posts/a')).status).toBe(502);
    expect(states(cafe)).toEqual(['refused']);
    await cafe.proxy.pass();
    expect((await cafe.ask('/posts/a')).status).toBe(200);
  });
});
