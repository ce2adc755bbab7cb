import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CockatielCircuitBreaker } from '../../src/adapters/circuit-breaker/cockatiel.ts';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { CountryIsGeoLocator } from '../../src/adapters/geo-locator/country-is.ts';
import { UpstreamHealth } from '../../src/domain/monitoring/upstream-health.ts';
import { visitor } from '../contracts/geo-locator.contract.ts';
import { CountryIsStandIn } from '../support/country-is-stand-in.ts';
import { type FetchHandler, type FetchServer, serveFetch } from '../support/serve-fetch.ts';

const HOUR = 3_600_000;
const reader = visitor('81.2.69.142');
let upstream: CountryIsStandIn;
let server: FetchServer;

beforeEach(async () => {
  upstream = new CountryIsStandIn({ '81.2.69.142': 'GB' });
  server = await serveFetch(upstream.handle);
});
afterEach(() => server.close());

/** A timeout that only a server that hangs meets; it is real time. */
const HANGING_MS = 1000;

function openLocator({ baseUrl = server.url, timeoutMs = 30_000 } = {}) {
  const notices: unknown[] = [];
  const clock = new ManualClock(0);
  const health = new UpstreamHealth(
    { store: 'memory', generator: 'sketch', locator: 'country-is' },
    clock,
  );
  const watch = health.watch('locator');
  const breaker = new CockatielCircuitBreaker({
    failuresInARow: 3,
    pauseMs: 30_000,
    weigh: () => 'counts',
    changed: watch.paused,
    clock,
  });
  const locator = new CountryIsGeoLocator({
    baseUrl,
    timeoutMs,
    clock,
    notice: (message, details) => notices.push([message, details]),
    breaker,
    watch,
  });
  return { locator, clock, notices, state: () => health.report()[2] };
}

describe('country.is', () => {
  it.each(['81.2.69.142', '2a00:1450:4007:80e::200e'])('is asked for /%s', async (address) => {
    await openLocator().locator.locate(visitor(address));
    expect(upstream.journal).toEqual([`/${address}`]);
  });

  it('is not asked where the address is unknown', async () => {
    await openLocator().locator.locate(visitor(undefined));
    expect(upstream.journal).toEqual([]);
  });

  it('is asked once for an address, however many wait, and again after an hour', async () => {
    const { locator, clock } = openLocator();
    await Promise.all(Array.from({ length: 30 }, () => locator.locate(reader)));
    await clock.advance(HOUR - 1);
    await locator.locate(reader);
    expect(upstream.journal).toHaveLength(1);
    await clock.advance(1);
    await locator.locate(reader);
    expect(upstream.journal).toHaveLength(2);
  });

  it.each([404, 422])(
    'G7: says %d for an unknown address, which is kept an hour',
    async (status) => {
      upstream.answerWith(async () => Response.json({ error: { code: status } }, { status }));
      const { locator, clock, notices } = openLocator();
      const unknown = { country: undefined, reliable: true };
      expect(await locator.locate(reader)).toEqual(unknown);
      await clock.advance(HOUR - 1);
      expect(await locator.locate(reader)).toEqual(unknown);
      expect([upstream.journal.length, notices.length]).toEqual([1, 0]);
    },
  );

  it.each(['XX', 'T1', 'EU', 'ZZ', 'fr', '../', '', null, 7, ['FR']])(
    'G8: is not believed when it says %j',
    async (country) => {
      upstream.answerWith(async () => Response.json({ ip: '81.2.69.142', country }));
      expect(await openLocator().locator.locate(reader)).toEqual({
        country: undefined,
        reliable: true,
      });
    },
  );

  const failures: [string, FetchHandler][] = [
    ['answers 500', async () => new Response('no', { status: 500 })],
    ['answers 429', async () => new Response('slow down', { status: 429 })],
    ['answers HTML', async () => new Response('<h1>Welcome</h1>')],
    ['answers JSON without a country', async () => Response.json(['FR'])],
    ['answers null', async () => Response.json(null)],
    ['redirects', async () => new Response(null, { status: 302, headers: { location: '/x' } })],
    ['cuts the connection', async () => Response.error()],
    ['sends 1 MB', async () => new Response(`{"country":"FR","x":"${'x'.repeat(1_000_000)}"}`)],
    ['does not answer', () => new Promise(() => {})],
    ['never ends its answer', async () => new Response(new ReadableStream({ pull: drip }))],
  ];

  it.each(failures)('G6: is unreliable when it %s, and soon asked again', async (_, failing) => {
    upstream.answerWith(failing);
    const { locator, clock, notices } = openLocator({ timeoutMs: HANGING_MS });
    expect(await locator.locate(reader)).toEqual({ country: undefined, reliable: false });
    expect(notices).toHaveLength(1);
    expect(JSON.stringify(notices)).not.toContain('81.2.69.142');
    await clock.advance(29_999);
    await locator.locate(reader);
    expect(upstream.journal).toHaveLength(1);
    upstream.answerWith(undefined);
    await clock.advance(1);
    expect((await locator.locate(reader)).country?.code).toBe('GB');
  });

  it('G6: that fails is complained of once, until it works again', async () => {
    const { locator, notices } = openLocator();
    const fail = async () => new Response('no', { status: 500 });
    upstream.answerWith(fail);
    await locator.locate(visitor('8.8.8.1'));
    await locator.locate(visitor('8.8.8.2'));
    expect(notices).toHaveLength(1);
    upstream.answerWith(undefined);
    await locator.locate(visitor('8.8.8.3'));
    upstream.answerWith(fail);
    await locator.locate(visitor('8.8.8.4'));
    expect(notices).toHaveLength(2);
  });

  it('G6: that hangs three times in a row keeps nobody waiting, until one look-up succeeds', async () => {
    const { locator, clock, state } = openLocator({ timeoutMs: HANGING_MS });
    const unreliable = { country: undefined, reliable: false };
    upstream.answerWith(() => new Promise(() => {}));
    for (const n of [1, 2, 3]) await locator.locate(visitor(`8.8.8.${n}`));
    expect(state()).toMatchObject({ state: 'open', lastError: 'TimeoutError', lastErrorAt: 0 });
    for (const n of [4, 5, 6]) {
      expect(await locator.locate(visitor(`8.8.8.${n}`))).toEqual(unreliable);
    }
    expect(upstream.journal).toHaveLength(3);

    await clock.advance(30_000);
    const tried = locator.locate(visitor('8.8.8.7'));
    expect(await locator.locate(reader)).toEqual(unreliable);
    expect(await tried).toEqual(unreliable);
    expect(upstream.journal).toHaveLength(4);

    upstream.answerWith(undefined);
    await clock.advance(29_999);
    await locator.locate(visitor('8.8.8.8'));
    expect(upstream.journal).toHaveLength(4);
    await clock.advance(1);
    expect((await locator.locate(reader)).country?.code).toBe('GB');
    expect(state()).toMatchObject({ state: 'ok', since: 60_000, lastError: 'TimeoutError' });
  });

  it('G6: that is left alone still knows where a reader was', async () => {
    const { locator, clock } = openLocator();
    await locator.locate(reader);
    await clock.advance(2 * HOUR);
    upstream.answerWith(async () => new Response('no', { status: 500 }));
    for (const n of [1, 2, 3]) await locator.locate(visitor(`8.8.8.${n}`));
    const { country, reliable } = await locator.locate(reader);
    expect([country?.code, reliable, upstream.journal.length]).toEqual(['GB', true, 4]);
  });

  it('G6: that fails for an address it once knew leaves it where it was', async () => {
    const { locator, clock } = openLocator();
    await locator.locate(reader);
    upstream.answerWith(async () => new Response('no', { status: 500 }));
    await clock.advance(2 * HOUR);
    const { country, reliable } = await locator.locate(reader);
    expect([country?.code, reliable]).toEqual(['GB', true]);
    await clock.advance(22 * HOUR);
    expect(await locator.locate(reader)).toEqual({ country: undefined, reliable: false });
  });

  it('has its readers forgotten within a day, whether anybody asks or not', async () => {
    const { locator, clock } = openLocator();
    await locator.locate(reader);
    await clock.advance(2 * HOUR);
    upstream.answerWith(async () => new Response('no', { status: 500 }));
    // To stand in for an answer makes it no younger.
    await locator.locate(reader);
    await locator.locate(visitor('8.8.8.1'));
    expect([locator.size, clock.sleepers]).toEqual([2, 1]);
    await clock.advance(22 * HOUR);
    expect([locator.size, clock.sleepers]).toEqual([0, 0]);

    await locator.locate(reader);
    expect(locator.size).toBe(1);
    await clock.advance(24 * HOUR);
    expect([locator.size, clock.sleepers]).toEqual([0, 0]);
  });

  it('is remembered for so many readers at most, those who came last among them', async () => {
    const { locator } = openLocator();
    const readers = Array.from({ length: 25_000 }, (_, n) => visitor(`8.8.${n >> 8}.${n & 255}`));
    // So many real connections would take half a minute.
    vi.stubGlobal('fetch', async () => Response.json({ country: 'FR' }));
    onTestFinished(() => void vi.unstubAllGlobals());
    for (const one of readers) await locator.locate(one);
    expect(locator.size).toBeLessThanOrEqual(20_000);
    expect(readers.slice(-10_000).every((one) => locator.recall(one))).toBe(true);
  });

  it('G6: is unreliable when it is out of reach', async () => {
    const { locator } = openLocator({ baseUrl: 'http://127.0.0.1:1' });
    expect(await locator.locate(reader)).toEqual({ country: undefined, reliable: false });
  });
});

async function drip(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
  await turn();
  controller.enqueue(new Uint8Array([32]));
}
