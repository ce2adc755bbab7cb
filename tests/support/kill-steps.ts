import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Fault } from './faults.ts';
import { askFor } from './open-proxied-cafe.ts';
import { hang } from './openai-answers.ts';
import { OpenAiStandIn } from './openai-stand-in.ts';
import { productionEnvironment } from './production-environment.ts';
import { type S3CallPattern, S3StandIn } from './s3-stand-in.ts';
import { serveFetch } from './serve-fetch.ts';
import type { SqlCut, SqlProxy } from './sql-proxy.ts';
import { type Service, startService } from './start-service.ts';
import { daysSince } from './utc-days.ts';

/** KILL_ROUNDS makes it shorter: processes that are killed at each step. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 20);
/** Used up before the last of them. */
const BUDGET = Math.ceil(ROUNDS * 0.6);

const DATED = /^generated\/v2\/\d{4}\/.*\.png$/;
const CARD = /\.card\.jpg$/;
const PENDING = /^records\/pending\/.*\.png$/;
const NOTE = /^records\/shown\//;
const PAGE = /\/page-cache\//;
const OLDER = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';

const REVIEWED = { REVIEW: 'before' };

export const unheard: Fault = { kind: 'hang' };
export const heard: Fault = { kind: 'hang', afterwards: true };

/** Where a purchase is cut off: a call that is never answered, whether or not it was heard. */
export type KillStep = [
  name: string,
  at: { s3: S3CallPattern; fault: Fault } | { sql: SqlCut } | 'openai',
  env?: Record<string, string>,
];

const s3 = (operation: 'head' | 'put', key: RegExp, fault: Fault) => ({
  s3: { operation, key },
  fault,
});

/** The steps of the store and the generator, wherever the budget is kept. */
export const STORE_STEPS: KillStep[] = [
  ['the page is looked up', s3('head', PAGE, unheard)],
  ['the picture is painted', 'openai'],
  ['it is written down where it will be shown', s3('put', NOTE, unheard)],
  ['its card is stored, unheard', s3('put', CARD, unheard)],
  ['its card is stored', s3('put', CARD, heard)],
  ['the picture is stored, unheard', s3('put', DATED, unheard)],
  ['the picture is stored', s3('put', DATED, heard)],
  ['it is put aside for review, unheard', s3('put', PENDING, unheard), REVIEWED],
  ['it is put aside for review', s3('put', PENDING, heard), REVIEWED],
  ['the page is placed, unheard', s3('put', PAGE, unheard)],
  ['the page is placed', s3('put', PAGE, heard)],
];

/** A database that each process reaches through its own proxy. */
export interface KillDatabase {
  proxy: SqlProxy;
  url: string;
}

async function ask({ url }: Service, page: number): Promise<number | 'cut off'> {
  return fetch(`${url}/api/cafe/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { pagePath: `/posts/${page}`, pageType: 'article' } }),
  }).then(
    ({ status }) => status,
    () => 'cut off' as const,
  );
}

/**
 * Kills process after process at a step, and then expects that no more was bought than the budget has, and
 * that every page is served.
 */
export async function killOverAndOver(
  [, at, env = {}]: KillStep,
  database?: KillDatabase,
): Promise<void> {
  const bucket = new S3StandIn();
  // Where all the budget went into purchases that were cut off, there is still this one to show.
  bucket.seed(OLDER, 'older');
  const openai = new OpenAiStandIn();
  const upstreams = await Promise.all([serveFetch(bucket.handle), serveFetch(openai.handle)]);
  const urls = { s3: String(upstreams[0]?.url), openai: String(upstreams[1]?.url) };
  const started = Date.now();
  const start = (leaseMs = 1000) =>
    startService({
      ...productionEnvironment(urls),
      DAILY_GENERATION_BUDGET: String(BUDGET),
      // The store is in this process, which many others keep from answering.
      S3_READ_TIMEOUT_MS: '60000',
      CLAIM_LEASE_MS: String(leaseMs),
      ...(database && { DATABASE_URL: database.url }),
      ...env,
    });
  const calls = () => {
    if (at === 'openai') return openai.generations.length;
    return 'sql' in at ? Number(database?.proxy.reached) : bucket.countOf(at.s3);
  };
  const cut = () => {
    if (at === 'openai') openai.answerNext(hang());
    else if ('sql' in at) database?.proxy.set(at.sql);
    else bucket.fault(at.s3, at.fault, 50);
  };

  let reached = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const service = await start();
    const before = calls();
    cut();
    // Every other time it is the page that was cut off before.
    const answer = ask(service, round - (round % 2));
    // Beyond the budget the flow is another one, and most steps are not reached any more.
    let hasEnded = false;
    void answer.then(() => {
      hasEnded = true;
    });
    while (calls() === before && !hasEnded) await wait(5);
    if (calls() > before) reached += 1;
    await service.stop('SIGKILL');
    await answer;
    bucket.mend();
    database?.proxy.set(undefined);
  }
  expect(reached).toBeGreaterThanOrEqual(BUDGET / 2);

  // A busy machine may not renew twenty short leases in time.
  const service = await start(15_000);
  const pages = Array.from({ length: ROUNDS }, (_, page) => askFor(service.url, `/posts/${page}`));
  const refused = (await Promise.all(pages)).filter(({ status }) => status !== 200);
  expect(refused, service.output()).toEqual([]);
  await service.stop();
  const placed = [...bucket.objects].filter(([key]) => PAGE.test(key) && key.endsWith('.png'));
  expect(placed).toHaveLength(ROUNDS);
  for (const [, { bytes }] of placed) expect(bytes.length).toBeGreaterThan(0);
  expect(openai.generations.length).toBeLessThanOrEqual(BUDGET * daysSince(started));
  const isNew = (key: string) => PENDING.test(key) || (DATED.test(key) && key !== OLDER);
  const stored = [...bucket.objects.keys()].filter(isNew);
  expect(stored.length).toBeLessThanOrEqual(BUDGET * daysSince(started));
  await Promise.all(upstreams.map((upstream) => upstream.close()));
}
