import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { askFor } from '../support/open-proxied-cafe.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { productionEnvironment } from '../support/production-environment.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { startService } from '../support/start-service.ts';
import { daysSince } from '../support/utc-days.ts';

const ROUNDS = 40;
const BUDGET = 25;
const PAGES = 60;

/** A request that ends with the process it was sent to is what this test is about. */
async function ask(url: string, page: number): Promise<number | 'cut off'> {
  return fetch(`${url}/api/cafe/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { pagePath: `/posts/${page}`, pageType: 'article' } }),
  }).then(
    ({ status }) => status,
    () => 'cut off' as const,
  );
}

it('K4, K5, P3: killed at any moment, over and over, it never buys more than its budget, and serves every page in the end', async () => {
  const s3 = new S3StandIn();
  // Where all the budget went into purchases that were cut off, there is still this one to show.
  s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'older');
  const openai = new OpenAiStandIn();
  const upstreams = await Promise.all([serveFetch(s3.handle), serveFetch(openai.handle)]);
  const [bucket, images] = upstreams.map(({ url }) => url);
  const urls = { s3: String(bucket), openai: String(images) };
  const started = Date.now();
  const start = () =>
    startService({
      ...productionEnvironment(urls),
      DAILY_GENERATION_BUDGET: String(BUDGET),
      // The store is in this process, which many others keep from answering.
      S3_READ_TIMEOUT_MS: '60000',
      // Pages that were being painted are nobody's for so long.
      CLAIM_LEASE_MS: '1000',
    });

  let cutOff = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    openai.latencyMs = Math.random() * 60;
    const service = await start();
    const first = Math.floor(Math.random() * PAGES);
    const asked = [0, 1, 2].map((n) => ask(service.url, (first + n) % PAGES));
    await wait(Math.random() * 500);
    await service.stop('SIGKILL');
    cutOff += (await Promise.all(asked)).filter((answer) => answer === 'cut off').length;
  }
  const paid = openai.generations.length;
  expect(cutOff).toBeGreaterThan(0);
  expect(paid).toBeGreaterThan(0);

  openai.latencyMs = 0;
  const service = await start();
  const pages = Array.from({ length: PAGES }, (_, page) => askFor(service.url, `/posts/${page}`));
  const refused = (await Promise.all(pages)).filter(({ status }) => status !== 200);
  expect(refused, service.output()).toEqual([]);
  await service.stop();
  expect(openai.generations.length).toBeLessThanOrEqual(BUDGET * daysSince(started));
  const placed = [...s3.objects.keys()].filter((key) => key.includes('/page-cache/'));
  expect(placed).toHaveLength(PAGES);
  for (const key of placed) expect(s3.objects.get(key)?.bytes.length).toBeGreaterThan(0);
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});
