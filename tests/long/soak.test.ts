import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CountryIsStandIn } from '../support/country-is-stand-in.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { hostileClients } from '../support/hostile-clients.ts';
import { askFor } from '../support/open-proxied-cafe.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { preloaded } from '../support/preloaded.ts';
import { productionEnvironment } from '../support/production-environment.ts';
import { storm, stormyStore } from '../support/random-weather.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { oneOf, seededRandom } from '../support/seeded-random.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { daysSince } from '../support/utc-days.ts';
import { type ProcessFigures, quantile, startWatched } from '../support/watched-service.ts';

/** Longer by hand: SOAK_MINUTES=60 npm run test:soak. */
const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1e9);
const READERS = 12;
const PAGES = 400;
const BUDGET = Math.ceil(MINUTES * 120);
/** Who read nothing of what they ask for, and leave only after the service would close them. */
const HOSTILE = { count: 4, stayMs: 12_000, pipelined: 60 };
/** Of the store's calls so many are late, come twice, get stuck or are refused. */
const STORE_WEATHER = { share: 0.02, maxLateMs: 10_000 };
/** While listings are behind, nothing is bought; if they are at the first purchase, nothing for a minute. */
const LISTINGS = { lagMs: 2000, behindMs: 1500, everyMs: 8000 };
/** Together less than an hour. */
const CLOCKS_WRONG_MS = { store: 20 * 60_000, service: -20 * 60_000 };
const MB = 2 ** 20;
const OLDER = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';

async function openBehindProxies() {
  const s3 = new S3StandIn();
  s3.seed(OLDER, 'older');
  const openai = new OpenAiStandIn({ latencyMs: 100 });
  const countryIs = new CountryIsStandIn({});
  const served = await Promise.all([s3, openai, countryIs].map(({ handle }) => serveFetch(handle)));
  const proxies = await Promise.all(served.map(({ url }) => FaultProxy.before(url)));
  onTestFinished(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await Promise.all(served.map((upstream) => upstream.close()));
  });
  const [store, images, places] = proxies as [FaultProxy, FaultProxy, FaultProxy];
  s3.clockOffsetMs = CLOCKS_WRONG_MS.store;
  const service = await startWatched({
    NODE_OPTIONS: preloaded('shifted-clock.ts'),
    TEST_CLOCK_OFFSET_MS: String(CLOCKS_WRONG_MS.service),
    ...productionEnvironment({ s3: store.url, openai: images.url }),
    GEO_LOCATOR: 'country-is',
    COUNTRY_IS_URL: places.url,
    GEO_TIMEOUT_MS: '500',
    OPENAI_TIMEOUT_MS: '3000',
    // A storm here lasts a second or so; otherwise nothing would be bought for most of the time.
    GENERATOR_PAUSE_MS: '500',
    DAILY_GENERATION_BUDGET: String(BUDGET),
    S3_READ_TIMEOUT_MS: '1000',
    S3_WRITE_TIMEOUT_MS: '1500',
    PAGE_CACHE_TTL_SECONDS: '2',
    PAGE_CACHE_MAX_PAGES: '200',
    ANSWER_TIMEOUT_MS: '10000',
  });
  return { s3, openai, countryIs, proxies, service };
}

/** From the last three quarters: what came with the first one is warming up. */
function summaryOf(figures: readonly ProcessFigures[]) {
  const warm = figures.slice(Math.floor(figures.length / 4));
  const live = warm.flatMap(({ atMs, live: bytes }) => (bytes ? [{ atMs, bytes }] : []));
  return {
    rssMB: Math.round(Math.max(...warm.map(({ rss }) => rss)) / MB),
    liveMB: Math.round((live.at(-1)?.bytes ?? 0) / MB),
    liveMBPerMinute: Number((slope(live) / MB).toFixed(1)),
    descriptors: Math.max(...warm.map(({ descriptors }) => descriptors)),
    loopP99MsMedian: Math.round(
      quantile(
        warm.map(({ loopP99Ms }) => loopP99Ms),
        0.5,
      ),
    ),
    heldP99Ms: Math.round(
      quantile(
        warm.map(({ heldMaxMs }) => heldMaxMs),
        0.99,
      ),
    ),
    loopMaxMs: Math.round(Math.max(...warm.map(({ loopMaxMs }) => loopMaxMs))),
  };
}

/** Bytes a minute, by least squares. */
function slope(points: readonly { atMs: number; bytes: number }[]): number {
  const mean = (of: (point: { atMs: number; bytes: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [atMs, bytes] = [mean((point) => point.atMs), mean((point) => point.bytes)];
  const spread = mean((point) => (point.atMs - atMs) ** 2);
  return (mean((point) => (point.atMs - atMs) * (point.bytes - bytes)) / spread) * 60_000;
}

describe('G6, O5, P5, S2: one replica under load, while everything it calls fails now and then', () => {
  it(
    'keeps its memory, its descriptors and its turn of mind',
    async () => {
      const { s3, openai, countryIs, proxies, service } = await openBehindProxies();
      const random = seededRandom(SEED);
      const outcomes: Record<string, number> = {};
      const storms: Record<string, number> = {};
      const lasting = MINUTES * 60_000;
      const started = Date.now();
      const isOver = () => Date.now() - started > lasting;
      const storming = (async () => {
        for (; !isOver(); await wait(random() * 1000)) {
          const kind = await storm(oneOf(proxies, random), random, 1500);
          storms[kind] = (storms[kind] ?? 0) + 1;
        }
      })();
      s3.weather = stormyStore(random, STORE_WEATHER);
      const lagging = (async () => {
        while (!isOver()) {
          await wait(LISTINGS.everyMs);
          s3.listingLag.ms = LISTINGS.lagMs;
          await wait(LISTINGS.behindMs);
          s3.listingLag.ms = 0;
        }
      })();
      const beside = hostileClients(service.url, { ...HOSTILE, isOver });
      await Promise.all(
        Array.from({ length: READERS }, async () => {
          for (; !isOver(); await wait(5)) {
            // Some pages are popular, and new ones come up all the time.
            const page = Math.floor(random() ** 3 * PAGES);
            const reader = `8.8.${Math.floor(random() * 4)}.${Math.floor(random() * 250)}`;
            const headers = { 'X-Real-IP': reader };
            const signal = AbortSignal.timeout(random() < 0.02 ? 50 : 20_000);
            const what = await askFor(service.url, `/posts/${page}`, { headers, signal }).then(
              ({ status }) => String(status),
              ({ name }: Error) => (name === 'TimeoutError' ? 'left' : 'cut off'),
            );
            outcomes[what] = (outcomes[what] ?? 0) + 1;
            // A stand-in's memory is not the service's, but it is this process's.
            s3.journal.length = 0;
            countryIs.journal.length = 0;
          }
        }),
      );
      await Promise.all([storming, lagging, beside]);
      s3.weather = undefined;
      const summary = summaryOf(await service.figures());
      const about = { seed: SEED, minutes: MINUTES, paid: openai.generations.length };
      process.stdout.write(`soak: ${JSON.stringify({ ...about, outcomes, storms, ...summary })}\n`);

      const answered = Object.keys(outcomes).filter(
        (what) => !/^(200|502|503|504|left)$/.test(what),
      );
      expect(answered).toEqual([]);
      await expect
        .poll(() => askFor(service.url, '/posts/after').then(({ status }) => status))
        .toBe(200);
      expect(await service.stop()).toEqual({ code: 0, signal: null });
      expect(openai.generations.length).toBeLessThanOrEqual(
        BUDGET * daysSince(started, Math.abs(CLOCKS_WRONG_MS.service)),
      );
      // On a machine that has other work to do; a thousand or more on another one.
      expect(outcomes[200]).toBeGreaterThan(100);
      expect(Object.keys(storms).length).toBeGreaterThan(2);
      // Every request that left some kilobytes behind would be more; what is remembered is not nothing.
      expect(summary.liveMBPerMinute).toBeLessThan(10);
      expect(summary.rssMB).toBeLessThan(400);
      expect(summary.descriptors).toBeLessThan(400);
      // No work of more than that in one piece, by the processor's time and not by the wall's.
      expect(summary.heldP99Ms).toBeLessThan(100);
    },
    lastingOf(MINUTES),
  );
});

function lastingOf(minutes: number): number {
  return minutes * 60_000 + 120_000;
}
