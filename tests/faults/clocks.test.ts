import { describe, expect, it } from 'vitest';
import { askFor } from '../support/open-proxied-cafe.ts';
import { preloaded } from '../support/preloaded.ts';
import type { S3StandIn } from '../support/s3-stand-in.ts';
import { openUpstreams } from '../support/start-replicas.ts';
import type { Service } from '../support/start-service.ts';

const CLOCK = { NODE_OPTIONS: preloaded('shifted-clock.ts') };
const LATE = '2026-11-20T23:59:57Z';
const [TODAY, TOMORROW] = ['2026/11/20', '2026/11/21'] as const;
const RECORD = /^records\/2/;

/** Moves a service's wall clock to the next instant it was told of, and the store's with it. */
async function jump(service: Service, s3: S3StandIn, instant: string): Promise<void> {
  s3.clockOffsetMs = Date.parse(instant) - Date.now();
  service.signal('SIGUSR2');
  // The signal is handled between two turns of the event loop, of which this takes some.
  for (let n = 0; n < 3; n += 1) await fetch(`${service.url}/health`);
}

async function rush(services: Service[], name: string, pages: number): Promise<number[]> {
  const asked = Array.from({ length: pages }, (_, n) =>
    askFor(services[n % services.length]!.url, `/${name}/${n}`),
  );
  return (await Promise.all(asked)).map(({ status }) => status);
}

describe('K6: a generation that begins before midnight and ends after it', () => {
  it('counts, and is stored, on the day on which it began', async () => {
    const { s3, openai, keys, datedOn, start } = await openUpstreams();
    const noon = '2026-11-20T12:00:00Z';
    const service = await start({
      ...CLOCK,
      TEST_CLOCK_JUMPS: `${noon},${LATE}`,
      DAILY_GENERATION_BUDGET: '1',
    });
    await jump(service, s3, noon);
    await jump(service, s3, LATE);
    openai.latencyMs = 5000;
    expect((await askFor(service.url, '/posts/a')).status).toBe(200);
    expect([datedOn(TODAY).length, datedOn(TOMORROW).length]).toEqual([1, 0]);
    openai.latencyMs = 0;
    // The new day has its unit, and no more.
    for (const page of ['/posts/b', '/posts/c']) {
      expect((await askFor(service.url, page)).status).toBe(200);
    }
    expect([datedOn(TODAY).length, datedOn(TOMORROW).length]).toEqual([1, 1]);
    expect(openai.journal).toHaveLength(2);
    expect(
      keys(RECORD)
        .map((key) => key.slice(8, 18))
        .toSorted(),
    ).toEqual([TODAY, TOMORROW]);
  });
});

describe('K7: a rush over midnight', () => {
  it('never exceeds the budget of either day', async () => {
    const { s3, openai, datedOn, start } = await openUpstreams();
    const instant = '2026-11-20T23:59:59.500Z';
    const service = await start({
      ...CLOCK,
      TEST_CLOCK_JUMPS: instant,
      DAILY_GENERATION_BUDGET: '3',
    });
    await jump(service, s3, instant);
    const rushes = ['one', 'another'].map(async (name) => {
      for (let n = 0; datedOn(TOMORROW).length === 0; n += 1) {
        for (const status of await rush([service], `${name}-${n}`, 10)) {
          expect([200, 503]).toContain(status);
        }
      }
    });
    await Promise.all(rushes);
    expect(await rush([service], 'after', 5)).toEqual(Array(5).fill(200));
    expect(datedOn(TODAY).length).toBeLessThanOrEqual(3);
    expect(datedOn(TOMORROW)).toHaveLength(3);
    expect(openai.journal.length).toBe(datedOn(TODAY).length + 3);
  });
});

describe('K8: replicas whose clocks are ten minutes apart', () => {
  it('each keep to the budget of the day that they believe in', async () => {
    const { s3, openai, datedOn, start } = await openUpstreams();
    const budget = { ...CLOCK, DAILY_GENERATION_BUDGET: '3' };
    const services = await Promise.all([
      start({ ...budget, TEST_CLOCK_JUMPS: '2026-11-20T23:55:00Z' }),
      start({ ...budget, TEST_CLOCK_JUMPS: '2026-11-20T23:55:00Z' }),
      start({ ...budget, TEST_CLOCK_JUMPS: '2026-11-21T00:05:00Z' }),
    ]);
    await Promise.all(services.map((each) => jump(each, s3, '2026-11-21T00:00:00Z')));
    for (let n = 0; n < 4; n += 1) await rush(services, `round-${n}`, 15);
    expect([datedOn(TODAY).length, datedOn(TOMORROW).length]).toEqual([3, 3]);
    expect(openai.journal).toHaveLength(6);
  });

  it('buy a page once that both of them are asked for', async () => {
    const { openai, start } = await openUpstreams();
    openai.latencyMs = 1500;
    const env = { ...CLOCK, CLAIM_LEASE_MS: '1000' };
    const services = await Promise.all([
      start({ ...env, TEST_CLOCK_OFFSET_MS: '-300000' }),
      start({ ...env, TEST_CLOCK_OFFSET_MS: '300000' }),
    ]);
    const answers = await Promise.all(services.map(({ url }) => askFor(url, '/posts/a')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(new Set(answers.map(({ url }) => url)).size).toBe(1);
    expect(openai.journal).toHaveLength(1);
  });
});

describe('K9: a clock that jumps back', () => {
  it('refills no day, and lets known pages grow old as ever', async () => {
    const { s3, openai, datedOn, start } = await openUpstreams();
    s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'older');
    const instants = ['2026-11-20T12:00:00Z', '2026-11-21T12:00:00Z', '2026-11-20T13:00:00Z'];
    const service = await start({
      ...CLOCK,
      TEST_CLOCK_JUMPS: instants.join(),
      DAILY_GENERATION_BUDGET: '2',
      PAGE_CACHE_TTL_SECONDS: '1',
    });
    for (const [n, day] of ['first', 'second', 'third'].entries()) {
      await jump(service, s3, String(instants[n]));
      expect(await rush([service], day, 4)).toEqual(Array(4).fill(200));
    }
    expect([datedOn(TODAY).length, datedOn(TOMORROW).length]).toEqual([2, 2]);
    expect(openai.journal).toHaveLength(4);
    const looks = () => s3.countOf({ operation: 'head', key: /page-cache\/article\/third\/0-/ });
    const before = looks();
    await expect
      .poll(async () => {
        await askFor(service.url, '/third/0');
        return looks();
      })
      .toBeGreaterThan(before);
  });
});
