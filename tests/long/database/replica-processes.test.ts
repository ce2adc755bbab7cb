import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { S3ImageStore } from '../../../src/adapters/image-store/s3.ts';
import { OpenAiStandIn } from '../../support/openai-stand-in.ts';
import { PgBouncer } from '../../support/pgbouncer.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { productionEnvironment } from '../../support/production-environment.ts';
import { placeOf } from '../../support/radosgw-bucket.ts';
import { startS3 } from '../../support/s3-process.ts';
import { serveFetch } from '../../support/serve-fetch.ts';
import { type Service, startService } from '../../support/start-service.ts';
import { today } from '../../support/utc-days.ts';

const BUDGET = 15;
const BUCKET = 'cafe-test';
const IMAGES = 'generated/v2';
const PAGES = 1000;
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

/** The store in a process of its own, so that it answers however busy this one is. */
async function openStore() {
  const { url } = await startS3(1);
  const store = new S3ImageStore({
    bucket: BUCKET,
    publicBaseUrl: 'https://pictures.example',
    scratchPrefix: 'records/scratch',
    readTimeoutMs: 60_000,
    writeTimeoutMs: 60_000,
    ...placeOf({ endpoint: url, accessKeyId: 'key', secretAccessKey: 'secret' }),
  });
  onTestFinished(() => store.close());
  const keys = async (prefix: string, pattern = /\.png$/) => {
    const all = (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
    return all.filter((key) => pattern.test(key));
  };
  // The budget is used up before the first picture is painted: there has to be an older one.
  const older = `${IMAGES}/2026/01/01/${randomUUID()}.png`;
  await store.put(older, Buffer.from('older'), { contentType: 'image/png' });
  return { url, keys };
}

/** Three processes on one database and one store. */
async function openReplicas(env: Record<string, string> = {}, port = server.port) {
  const { url: s3, keys } = await openStore();
  const openai = new OpenAiStandIn({ latencyMs: 100 });
  const upstream = await serveFetch(openai.handle);
  onTestFinished(() => upstream.close());
  const settings = {
    ...productionEnvironment({ s3, openai: upstream.url }),
    GENERATED_IMAGES_BUCKET: BUCKET,
    DATABASE_URL: server.url(await server.createDatabase(), { port }),
    DAILY_GENERATION_BUDGET: String(BUDGET),
    ...PATIENT,
    ...env,
  };
  const replicas = await Promise.all([1, 2, 3].map(() => startService(settings)));
  onTestFinished(async () => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
  });
  /** Asks each replica in turn. */
  const rush = (count: number, pageOf: (n: number) => string) =>
    Promise.all(
      Array.from({ length: count }, (_, n) => ask(replicas[n % 3] as Service, pageOf(n))),
    );
  return { openai, keys, replicas, rush };
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
    const { openai, keys, rush } = await openReplicas(TIMES, await portOf());
    const ask = () => rush(PAGES, (n) => `/posts/${n}`);
    await ask();
    expect(openai.generations).toHaveLength(BUDGET);
    // A busy machine may be too slow for some of a thousand connections to the store.
    await expect.poll(async () => outcomesOf(await ask())).toEqual(SERVED);
    expect(openai.generations).toHaveLength(BUDGET);
    expect(await keys(`${IMAGES}/${today()}/`)).toHaveLength(BUDGET);
    expect(await keys(`${IMAGES}/page-cache/`)).toHaveLength(PAGES);
    expect(await keys('records/', /^records\/(pages|\d{4})\//)).toEqual([]);
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
    const { openai, rush, keys, replicas } = await openReplicas({
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
    expect((await keys(`${IMAGES}/${today()}/`)).length).toBeLessThanOrEqual(BUDGET);
    for (const replica of replicas) expect((await replica.stop()).code).toBe(0);
  });
});
