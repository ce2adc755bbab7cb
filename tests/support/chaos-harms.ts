import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChaosReplica } from './chaos-replica.ts';
import { storm } from './random-weather.ts';
import { oneOf } from './seeded-random.ts';

/** What was done to a replica, or to all of them, and when, in milliseconds since the epoch. */
export interface Harm {
  kind: string;
  replica: ChaosReplica | undefined;
  from: number;
  to: number;
}

export interface HarmOptions {
  replicas: readonly ChaosReplica[];
  random: () => number;
  leaseMs: number;
  /** Asks a replica for a page, as a reader does, and sees to it that what comes is right. */
  ask: (replica: ChaosReplica, path: string) => Promise<unknown>;
  /** How many calls to the generator a replica has begun. */
  callsOf: (replica: ChaosReplica) => number;
  isOver: () => boolean;
}

/** New pages for which a replica with one slot is asked before it is stopped. */
const QUEUE = 4;
const MAX_STORM_MS = 5000;
const MAX_PAUSE_MS = 6000;
/** Calls to the generator take so long while there is to be a queue. */
const SLOW_MS = 1000;

type Do = (replica: ChaosReplica, options: HarmOptions) => Promise<unknown>;

async function pausedFor(replica: ChaosReplica, ms: number): Promise<void> {
  await replica.pause();
  await wait(ms);
  await replica.wake();
}

/**
 * One that pays for one picture at a time is asked for several, and stopped while some of them wait, for so long that
 * others may take the pages over.
 */
async function stopInQueue(replica: ChaosReplica, options: HarmOptions): Promise<void> {
  const { random, replicas, ask, callsOf, leaseMs } = options;
  await replica.openai.set({ kind: 'latency', ms: SLOW_MS });
  const paths = Array.from({ length: QUEUE }, () => `/queue/${randomUUID()}`);
  const before = callsOf(replica);
  const asked = paths.map((path) => ask(replica, path));
  // It may not buy at all at the moment.
  const patience = performance.now() + MAX_STORM_MS;
  while (callsOf(replica) === before && performance.now() < patience) await wait(20);
  // Time for the others to get as far as the queue.
  await wait((0.5 + random()) * SLOW_MS);
  await replica.pause();
  const others = replicas.filter((other) => other !== replica);
  asked.push(...paths.map((path) => ask(oneOf(others, random), path)));
  await wait(1.5 * leaseMs + random() * MAX_PAUSE_MS);
  await replica.wake();
  await Promise.all(asked);
  await replica.openai.pass();
}

/** By their share. */
const HARMS: readonly (readonly [share: number, kind: string, harm: Do])[] = [
  [
    0.14,
    'killed',
    async (replica, { random }) => {
      await replica.kill();
      await wait(random() * 2000);
      await replica.start();
    },
  ],
  [
    0.06,
    'ended',
    async (replica, { random }) => {
      await replica.kill(random() * 2000);
      await replica.start();
    },
  ],
  [0.12, 'stopped', (replica, { random }) => pausedFor(replica, random() * MAX_PAUSE_MS)],
  [0.15, 'stopped in a queue', stopInQueue],
  [0.08, 'clock', async (replica) => replica.jump()],
  [0.3, 's3', async ({ s3 }, { random }) => `s3: ${await storm(s3, random, MAX_STORM_MS)}`],
  [
    0.15,
    'openai',
    async ({ openai }, { random }) => `openai: ${await storm(openai, random, MAX_STORM_MS)}`,
  ],
];

/** Does one of the replicas harm, over and over, until it is over. One is always left to readers. */
export async function harm(options: HarmOptions): Promise<Harm[]> {
  const { replicas, random, isOver } = options;
  const done: Harm[] = [];
  const free = new Set(replicas);
  const running = new Set<Promise<void>>();
  // One of each to begin with, however short the run and whatever the seed.
  const first = [...HARMS];
  while (!isOver()) {
    await wait(300 + random() * 900);
    if (free.size === 1) continue;
    const replica = oneOf([...free], random);
    free.delete(replica);
    const [, kind, hurt] = first.shift() ?? oneByShare(random());
    const from = Date.now();
    const harmed = hurt(replica, options).then((more) => {
      done.push({ kind: typeof more === 'string' ? more : kind, replica, from, to: Date.now() });
      free.add(replica);
      running.delete(harmed);
    });
    running.add(harmed);
  }
  await Promise.all(running);
  return done;
}

function oneByShare(at: number): (typeof HARMS)[number] {
  let rest = at * HARMS.reduce((sum, [share]) => sum + share, 0);
  for (const one of HARMS) {
    rest -= one[0];
    if (rest < 0) return one;
  }
  return HARMS[0]!;
}

/** How often each kind was done. */
export function countsOf(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
