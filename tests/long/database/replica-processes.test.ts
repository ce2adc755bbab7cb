import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { PgBouncer } from '../../support/pgbouncer.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { openUpstreams } from '../../support/start-replicas.ts';
import type { Service } from '../../support/start-service.ts';
import { today } from '../../support/utc-days.ts';

const BUDGET = 15;
const PAGES = 1000;
const OLDER = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';
const TIMES = { DATABASE_CONNECT_TIMEOUT_MS: '60000', DATABASE_STATEMENT_TIMEOUT_MS: '60000' };
/** A thousand pages at once keep two processors busy. */
const PATIENT = {
  S3_READ_TIMEOUT_MS: '60000',
  S3_WRITE_TIMEOUT_MS: '60000',
};

const { programs } = inject('postgres')!;
let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
});
afterAll(() => server.remove());

interface Answer {
  /** The status, and the code of an error. */
  outcome: string;
  url: string;
}

async function ask({ url }: Service, path: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/cafe/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { pagePath: path, pageType: 'article' } }),
  });
  const { url: image = '', error } = (await answer.json()) as {
    url?: string;
    error?: { code: string };
  };
  return { outcome: error ? `${answer.status} ${error.code}` : String(answer.status), url: image };
}

/** Three processes on one database and one store. */
async function openReplicas(env: Record<string, string> = {}, port = server.port) {
  const upstreams = await openUpstreams();
  // The budget is used up before the first picture is painted: there has to be an older one.
  upstreams.s3.seed(OLDER, 'older');
  upstreams.openai.latencyMs = 100;
  const DATABASE_URL = server.url(await server.createDatabase(), { port });
  const settings = { DATABASE_URL, DAILY_GENERATION_BUDGET: String(BUDGET), ...PATIENT, ...env };
  const replicas = await Promise.all([1, 2, 3].map(() => upstreams.start(settings)));
  /** Asks each replica in turn. */
  const rush = (count: number, pageOf: (n: number) => string) =>
    Promise.all(
      Array.from({ length: count }, (_, n) => ask(replicas[n % 3] as Service, pageOf(n))),
    );
  return { ...upstreams, replicas, rush };
}

const outcomesOf = (answers: readonly Answer[]) => new Set(answers.map(({ outcome }) => outcome));
const SERVED = new Set(['200']);

describe.each([
  ['on one database', async () => server.port],
  [
    'on one database behind PgBouncer',
    async () => {
      const { port: serverPort } = server;
      const pooler = await PgBouncer.start(programs.pgbouncer, { serverPort, poolSize: 5 });
      onTestFinished(() => pooler.remove());
      return pooler.port;
    },
  ],
])('three processes %s', (_, portOf) => {
  it('C9, K1: make exactly as many paid calls as the budget has for a thousand new pages', async () => {
    const { openai, datedOn, keys, rush } = await openReplicas(TIMES, await portOf());
    const answers = await rush(PAGES, (n) => `/posts/${n}`);
    expect(outcomesOf(answers)).toEqual(SERVED);
    expect(openai.generations).toHaveLength(BUDGET);
    expect(datedOn(today())).toHaveLength(BUDGET);
    expect(keys(/\/page-cache\/.*\.png$/)).toHaveLength(PAGES);
    expect(keys(/^records\/(pages|\d{4})\//)).toEqual([]);
  });

  it('K11: buy one picture for 300 readers of one new page', async () => {
    const { openai, rush } = await openReplicas(TIMES, await portOf());
    openai.latencyMs = 1000;
    const answers = await rush(300, () => '/posts/a');
    expect(outcomesOf(answers)).toEqual(SERVED);
    expect(new Set(answers.map(({ url }) => url)).size).toBe(1);
    expect(openai.generations).toHaveLength(1);
  });
});

describe('D1, K1: three processes whose database is killed over and over', () => {
  it('never buy more than the budget has, and serve every page in the end', async () => {
    const { openai, rush, datedOn, replicas } = await openReplicas({
      DATABASE_CONNECT_TIMEOUT_MS: '2000',
      DATABASE_STATEMENT_TIMEOUT_MS: '2000',
      CLAIM_LEASE_MS: '1000',
    });
    onTestFinished(() => server.start());
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        await wait(700);
        await server.kill();
        await wait(300);
        await server.start();
      }
    })();
    for (let times = 0; times < 5; times += 1) {
      const answers = await rush(60, (n) => `/posts/${times}-${n}`);
      for (const { outcome } of answers) expect(outcome).toMatch(/^(200|503 .+)$/);
    }
    isOver = true;
    await killing;
    expect(openai.generations.length).toBeLessThanOrEqual(BUDGET);
    for (let times = 0; times < 5; times += 1) {
      await expect
        .poll(async () => outcomesOf(await rush(60, (n) => `/posts/${times}-${n}`)))
        .toEqual(SERVED);
    }
    expect(openai.generations.length).toBeLessThanOrEqual(BUDGET);
    expect(datedOn(today()).length).toBeLessThanOrEqual(BUDGET);
    for (const replica of replicas) expect((await replica.stop()).code).toBe(0);
  });
});
