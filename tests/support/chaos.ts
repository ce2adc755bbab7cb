import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { countsOf, type Harm, harm } from './chaos-harms.ts';
import type { ChaosPlace } from './chaos-place.ts';
import { purchasesOf, watchedOpenAi } from './chaos-purchases.ts';
import { readersOf, settle } from './chaos-readers.ts';
import { ChaosReplica } from './chaos-replica.ts';
import { startProber } from './health-prober.ts';
import { hostileClients } from './hostile-clients.ts';
import { productionEnvironment } from './production-environment.ts';
import { oneOf, seededRandom } from './seeded-random.ts';
import { serveFetch } from './serve-fetch.ts';
import { tinyPng } from './tiny-png.ts';
import { daysSince } from './utc-days.ts';
import { quantile } from './watched-service.ts';

/** Longer by hand: CHAOS_MINUTES=60 npm run test:chaos. CHAOS_SEED brings back what is done when. */
const MINUTES = Number(process.env.CHAOS_MINUTES ?? 2);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1e9);
/** A folder in which to find out what happened. */
const LOGS = process.env.CHAOS_LOGS;
export const CHAOS_LASTS_MS = MINUTES * 90_000 + 300_000;

const REPLICAS = 3;
const READERS = 6;
/** Per replica: clients that send requests in one go, read no answer, and leave. */
const HOSTILE = { count: 2, stayMs: 6000, pipelined: 40 };
const LEASE_MS = 3000;
/** Each way, so that two of them, or one and the store, are less than an hour apart. */
const MAX_CLOCK_OFFSET_MS = 15 * 60_000;
/** A picture every two seconds or so, so that there is always one to buy, and at last none. */
const BUDGET = Math.ceil(MINUTES * 30);
const PAGES = BUDGET * 2;
/** Of /health, in milliseconds. */
const MAX_HEALTH_MS = 100;
const OLDER = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';
const SECRETS = /sk-canary-chaos|cafesecret|81\.2\.69\.142/;

async function openReplicas(place: ChaosPlace, random: () => number) {
  const openai = watchedOpenAi({ latencyMs: 200 });
  const images = await serveFetch(openai.handle);
  onTestFinished(() => images.close());
  const prober = await startProber();
  const upstreams = { s3: place.endpoint, openai: images.url };
  const opened = Array.from({ length: REPLICAS }, async (_, n) => {
    const OPENAI_API_KEY = `sk-canary-chaos-${n}`;
    const replica = await ChaosReplica.open({
      upstreams,
      prober,
      clockOffset: () => (2 * random() - 1) * MAX_CLOCK_OFFSET_MS,
      env: {
        ...productionEnvironment(upstreams),
        ...place.env,
        OPENAI_API_KEY,
        OPENAI_TIMEOUT_MS: '8000',
        GENERATOR_PAUSE_MS: '1000',
        MAX_CONCURRENT_GENERATIONS: '1',
        DAILY_GENERATION_BUDGET: String(BUDGET),
        S3_READ_TIMEOUT_MS: '2000',
        S3_WRITE_TIMEOUT_MS: '3000',
        CLAIM_LEASE_MS: String(LEASE_MS),
        PAGE_CACHE_TTL_SECONDS: '1',
        ANSWER_TIMEOUT_MS: '5000',
      },
    });
    onTestFinished(() => replica.close());
    return [OPENAI_API_KEY, replica] as const;
  });
  const byKey = new Map(await Promise.all(opened));
  return { calls: openai.calls, prober, byKey, replicas: [...byKey.values()] };
}

/** The keys of dated pictures, and those of pages without a whole picture. */
async function picturesIn({ store }: ChaosPlace) {
  const all = (await Array.fromAsync(store.list('generated/v2/'))).map(({ key }) => key);
  const pngs = all.filter((key) => key.endsWith('.png'));
  const placed = pngs.filter((key) => key.startsWith('generated/v2/page-cache/'));
  const hollow: string[] = [];
  for (const key of placed) {
    const png = (await store.get(key))?.bytes;
    if (!png || Buffer.from(png).toString('latin1', 1, 4) !== 'PNG') hollow.push(key);
  }
  const dated = pngs.filter((key) => /^generated\/v2\/\d/.test(key) && key !== OLDER);
  return { placed, hollow, dated };
}

async function processorTimes(replicas: readonly ChaosReplica[]) {
  const figures = (await Promise.all(replicas.map((replica) => replica.figures()))).flat();
  const held = figures.map(({ heldMaxMs }) => heldMaxMs);
  const worked = figures.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return {
    heldP99Ms: Math.round(quantile(held, 0.99)),
    heldMaxMs: Math.round(quantile(held, 1)),
    cpuSeconds: Math.round(worked / 1000),
  };
}

async function keepLogs(
  folder: string,
  replicas: readonly ChaosReplica[],
  { harms, ...rest }: { figures: object; calls: readonly object[]; harms: readonly Harm[] },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const done = harms.map(({ replica, ...harm }) => ({ ...harm, replica: replica?.url }));
  await writeFile(join(folder, 'chaos.json'), JSON.stringify({ ...rest, harms: done }));
  for (const [n, { output }] of replicas.entries()) {
    await writeFile(join(folder, `replica-${n}.log`), output);
  }
}

/** Replicas that are harmed while they serve, until nothing is: then everything must be as promised. */
export async function chaos(name: string, open: (random: () => number) => Promise<ChaosPlace>) {
  process.stdout.write(`${name}: CHAOS_SEED=${SEED}\n`);
  const random = seededRandom(SEED);
  const place = await open(random);
  const { calls, prober, byKey, replicas } = await openReplicas(place, random);
  // Where every purchase is cut off, there is still this one to show.
  await place.store.put(OLDER, tinyPng(), { contentType: 'image/png' });
  const { outcomes, dead, load, read } = readersOf(place);
  const asked = new Set<string>();
  const lasting = MINUTES * 60_000;
  const started = Date.now();
  const isOver = () => Date.now() - started > lasting;

  const callsOf = (replica: ChaosReplica) =>
    calls.filter(({ key }) => byKey.get(key) === replica).length;
  const ask = (replica: ChaosReplica, path: string) => {
    asked.add(path);
    return read(replica.url, path);
  };
  const harming = harm({ replicas, random, leaseMs: LEASE_MS, ask, callsOf, isOver });
  const storms: Harm[] = [];
  const storming = (async () => {
    while (place.storm && !isOver()) {
      await wait(random() * 8000);
      const from = Date.now();
      storms.push({ kind: await place.storm(), replica: undefined, from, to: Date.now() });
    }
  })();
  const hostile = replicas.map(({ url }) => hostileClients(url, { ...HOSTILE, isOver }));
  const reading = Array.from({ length: READERS }, async () => {
    for (; !isOver(); await wait(random() * 100)) {
      const share = Math.min(1, 0.1 + (Date.now() - started) / lasting);
      await ask(oneOf(replicas, random), `/posts/${Math.floor(random() * PAGES * share)}`);
    }
  });
  await Promise.all([...reading, ...hostile, storming]);
  const harms = [...(await harming), ...storms];
  const probed = await prober.figures();

  await Promise.all([place.calm(), ...replicas.map((replica) => replica.calm())]);
  expect(await Promise.all(replicas.map((replica) => replica.isUp()))).not.toContain(false);
  const settledMs = await settle([...asked], replicas, load);
  const unstored = async () => Promise.all(replicas.map((replica) => replica.unstored()));
  await expect.poll(unstored, { timeout: 120_000 }).toEqual(replicas.map(() => 0));

  const { placed, hollow, dated } = await picturesIn(place);
  const purchases = await purchasesOf(place, calls, harms, { replicas: byKey, leaseMs: LEASE_MS });
  const figures = {
    seed: SEED,
    minutes: MINUTES,
    budget: BUDGET,
    paid: calls.length,
    purchases,
    outcomes,
    harms: countsOf(harms.map(({ kind }) => kind)),
    pages: asked.size,
    placed: placed.length,
    dated: dated.length,
    settledMs,
    ...probed,
    processor: await processorTimes(replicas),
  };
  process.stdout.write(`${name}: ${JSON.stringify(figures)}\n`);
  if (LOGS) await keepLogs(LOGS, replicas, { figures, calls, harms });
  const { health, quiet } = probed;

  expect(dead).toEqual([]);
  expect(hollow).toEqual([]);
  expect(calls.length).toBeLessThanOrEqual(BUDGET * daysSince(started, MAX_CLOCK_OFFSET_MS));
  expect(dated.length).toBeLessThanOrEqual(calls.length);
  expect(purchases.unexplained).toEqual([]);
  expect(purchases.lost).toEqual([]);
  expect(purchases.withoutPicture).toBeLessThanOrEqual(purchases.notReceived.killed ?? 0);
  for (const { output } of replicas) expect(SECRETS.exec(output)).toBeNull();
  const statuses = Object.keys(outcomes);
  expect(statuses.filter((what) => !/^(200|502|503|504|cut off|too late)$/.test(what))).toEqual([]);
  expect(health.failed).toBe(0);
  expect(figures.processor.heldP99Ms).toBeLessThan(MAX_HEALTH_MS);
  // Where the machine had time for nothing else, this says nothing about the replicas.
  expect(quiet.p99 ?? 0).toBeLessThan(MAX_HEALTH_MS);
  // It has hurt, and it has gone on: or all this proves nothing.
  for (const kind of ['killed', 'ended', 'stopped', 'stopped in a queue', 'clock']) {
    expect(figures.harms[kind]).toBeGreaterThan(0);
  }
  expect(calls.length).toBeGreaterThan(BUDGET / 4);
  expect(outcomes[200]).toBeGreaterThan(5);
}
