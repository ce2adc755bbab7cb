import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { ChaosReplica } from '../../support/chaos-replica.ts';
import {
  askFor,
  openProxiedBucket,
  type PageAnswer,
  PICTURES,
} from '../../support/open-proxied-cafe.ts';
import { OpenAiStandIn } from '../../support/openai-stand-in.ts';
import { productionEnvironment } from '../../support/production-environment.ts';
import { storm } from '../../support/random-weather.ts';
import type { S3Service } from '../../support/real-services.ts';
import { oneOf, seededRandom } from '../../support/seeded-random.ts';
import { serveFetch } from '../../support/serve-fetch.ts';
import { tinyPng } from '../../support/tiny-png.ts';
import { daysSince } from '../../support/utc-days.ts';

/** Longer by hand: CHAOS_MINUTES=30 npm run test:chaos. CHAOS_SEED brings back what is done when. */
const MINUTES = Number(process.env.CHAOS_MINUTES ?? 1.5);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1e9);
const REPLICAS = 3;
const READERS = 6;
/** Of a number below 1, what lies below each of them and not below the one before it; else OpenAI is cut off. */
const [KILLED, PAUSED, S3] = [0.25, 0.45, 0.8];
/** Pages that are looked at when all is over. */
const SIDE_BY_SIDE = 8;
/** A picture every two seconds or so, so that there is always one to buy, and at last none. */
const BUDGET = Math.ceil(MINUTES * 30);
const PAGES = BUDGET * 2;
const OLDER = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';
const SECRETS = /sk-canary-chaos|cafesecret|81\.2\.69\.142/;

async function openReplicas(service: S3Service) {
  const bucket = await openProxiedBucket(service);
  const openai = new OpenAiStandIn({ latencyMs: 200 });
  const images = await serveFetch(openai.handle);
  onTestFinished(() => images.close());
  const upstreams = { s3: service.endpoint, openai: images.url };
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, async () => {
      const DATA_DIR = await mkdtemp(join(tmpdir(), 'cafe-chaos-'));
      onTestFinished(() => rm(DATA_DIR, { recursive: true }));
      const replica = await ChaosReplica.open(upstreams, {
        ...productionEnvironment(upstreams),
        ...bucket.env,
        DATA_DIR,
        OPENAI_API_KEY: 'sk-canary-chaos',
        OPENAI_TIMEOUT_MS: '4000',
        GENERATOR_PAUSE_MS: '1000',
        DAILY_GENERATION_BUDGET: String(BUDGET),
        S3_READ_TIMEOUT_MS: '2000',
        S3_WRITE_TIMEOUT_MS: '3000',
        CLAIM_LEASE_MS: '3000',
        PAGE_CACHE_TTL_SECONDS: '1',
        LOG_LEVEL: 'debug',
      });
      onTestFinished(() => replica.close());
      return replica;
    }),
  );
  return { bucket, openai, replicas };
}

type World = Awaited<ReturnType<typeof openReplicas>>;

/** Does one of them harm, over and over, until it is told to end. */
async function harm(world: World, random: () => number, isOver: () => boolean) {
  const done: Record<string, number> = {};
  const free = new Set(world.replicas);
  const hurt = async (replica: ChaosReplica, what: number): Promise<string> => {
    if (what < KILLED) {
      await replica.kill();
      await wait(random() * 2000);
      await replica.start();
      return 'killed';
    }
    if (what < PAUSED) {
      replica.pause();
      await wait(random() * 6000);
      replica.wake();
      return 'paused';
    }
    const [proxy, name] = what < S3 ? [replica.s3, 's3'] : [replica.openai, 'openai'];
    return `${name}: ${await storm(proxy, random, 5000)}`;
  };
  const harms = new Set<Promise<void>>();
  // One of each to begin with, however short the run and whatever the seed.
  const first = [0, KILLED, PAUSED, S3];
  while (!isOver()) {
    await wait(300 + random() * 900);
    // One is always left to readers.
    if (free.size === 1) continue;
    const replica = oneOf([...free], random);
    free.delete(replica);
    const harmed = hurt(replica, first.shift() ?? random()).then((what) => {
      done[what] = (done[what] ?? 0) + 1;
      free.add(replica);
      harms.delete(harmed);
    });
    harms.add(harmed);
  }
  await Promise.all(harms);
  return done;
}

function chaos(service: S3Service): void {
  it(
    'K1, K4, K11, K12, P3, S2: no budget is exceeded, no URL is dead, nothing stays broken',
    async () => {
      const world = await openReplicas(service);
      const { bucket, openai, replicas } = world;
      const random = seededRandom(SEED);
      // Where every purchase is cut off, there is still this one to show.
      await bucket.store.put(OLDER, tinyPng(), { contentType: 'image/png' });
      const outcomes: Record<string, number> = {};
      const count = (what: string | number) => {
        outcomes[what] = (outcomes[what] ?? 0) + 1;
      };
      const dead: string[] = [];
      /** Past all proxies, as a reader's browser would. */
      const load = async ({ url }: PageAnswer) => {
        const key = decodeURIComponent(new URL(url).pathname.slice(1));
        const head = url.startsWith(`${PICTURES}/generated/v2/`) && (await bucket.store.head(key));
        if (!head || head.size === 0) dead.push(url);
      };
      const asked = new Set<number>();
      const read = async () => {
        const page = Math.floor(
          random() * PAGES * Math.min(1, 0.1 + (Date.now() - started) / lasting),
        );
        asked.add(page);
        const init = {
          headers: { 'X-Real-IP': '81.2.69.142' },
          signal: AbortSignal.timeout(15_000),
        };
        const answer = await askFor(oneOf(replicas, random).url, `/posts/${page}`, init).catch(
          ({ name }: Error) => (name === 'TimeoutError' ? 'too late' : 'cut off'),
        );
        if (typeof answer === 'string') {
          count(answer);
          return wait(200);
        }
        count(answer.status);
        if (answer.status === 200) await load(answer);
      };

      const lasting = MINUTES * 60_000;
      const started = Date.now();
      const isOver = () => Date.now() - started > lasting;
      const harmed = harm(world, random, isOver);
      await Promise.all(
        Array.from({ length: READERS }, async () => {
          for (; !isOver(); await wait(random() * 100)) await read();
        }),
      );
      const harms = await harmed;

      await Promise.all(replicas.map((replica) => replica.calm()));
      expect(await Promise.all(replicas.map((replica) => replica.isUp()))).toEqual([
        true,
        true,
        true,
      ]);
      const calm = performance.now();
      // Leases of those who are gone, and looks at what is gone, have their time.
      const last = new Map<number, PageAnswer[]>();
      const settle = async (page: number) => {
        const settled = async () => {
          const answers = await Promise.all(
            replicas.map(({ url }) => askFor(url, `/posts/${page}`)),
          );
          last.set(page, answers);
          return answers.map(({ status, url }) => (status === 200 ? url : status));
        };
        await expect
          .poll(settled, { timeout: 60_000, interval: 500 })
          .toSatisfy((urls: unknown[]) => typeof urls[0] === 'string' && new Set(urls).size === 1);
      };
      const pages = [...asked];
      for (let at = 0; at < pages.length; at += SIDE_BY_SIDE) {
        await Promise.all(pages.slice(at, at + SIDE_BY_SIDE).map(settle));
      }
      const settledMs = Math.round(performance.now() - calm);
      for (const answers of last.values()) await Promise.all(answers.map(load));

      const placed = await bucket.pngs('generated/v2/page-cache/');
      const hollow: string[] = [];
      for (const key of placed) {
        const png = (await bucket.store.get(key))?.bytes;
        if (!png || Buffer.from(png).toString('latin1', 1, 4) !== 'PNG') hollow.push(key);
      }
      const dated = (await bucket.pngs()).filter(
        (key) => /^generated\/v2\/\d/.test(key) && key !== OLDER,
      );
      const figures = {
        seed: SEED,
        minutes: MINUTES,
        budget: BUDGET,
        paid: openai.generations.length,
      };
      const counts = {
        outcomes,
        harms,
        pages: asked.size,
        placed: placed.length,
        dated: dated.length,
      };
      process.stdout.write(`chaos: ${JSON.stringify({ ...figures, ...counts, settledMs })}\n`);

      expect(dead).toEqual([]);
      expect(hollow).toEqual([]);
      expect(openai.generations.length).toBeLessThanOrEqual(BUDGET * daysSince(started));
      expect(dated.length).toBeLessThanOrEqual(openai.generations.length);
      for (const { output } of replicas) expect(SECRETS.exec(output)).toBeNull();
      const statuses = Object.keys(outcomes);
      expect(statuses.filter((what) => !/^(200|502|503|504|cut off|too late)$/.test(what))).toEqual(
        [],
      );
      // It has hurt, and it has gone on: or all this proves nothing.
      expect(harms.killed).toBeGreaterThan(0);
      expect(harms.paused).toBeGreaterThan(0);
      expect(openai.generations.length).toBeGreaterThan(BUDGET / 4);
      expect(outcomes[200]).toBeGreaterThan(20);
    },
    lastingOf(MINUTES),
  );
}

function lastingOf(minutes: number): number {
  return minutes * 60_000 + 300_000;
}

describe('three replicas on one bucket, killed, paused and cut off at random', () =>
  chaos(inject('radosgw')!));
