/**
 * How much memory generations take that come in at once: `npm run bench:memory`.
 *
 * The service runs in a process of its own, as in production; OpenAI and S3 are stand-ins in this one.
 */
import { readFileSync } from 'node:fs';
import { OpenAiStandIn } from '../tests/support/openai-stand-in.ts';
import { productionEnvironment } from '../tests/support/production-environment.ts';
import { S3StandIn } from '../tests/support/s3-stand-in.ts';
import { serveFetch } from '../tests/support/serve-fetch.ts';
import { startService } from '../tests/support/start-service.ts';
import { tinyPng } from '../tests/support/tiny-png.ts';

const PICTURE_BYTES = 3_000_000;
const AT_ONCE = 8;
const ROUNDS = 5;
const MEGABYTE = 2 ** 20;

const picture = tinyPng({ seed: 1, ballast: PICTURE_BYTES });
const s3 = new S3StandIn();
const openai = new OpenAiStandIn({ picture: () => picture, latencyMs: 500 });
const [bucket, images] = await Promise.all([serveFetch(s3.handle), serveFetch(openai.handle)]);

const results = [];
for (let round = 0; round < ROUNDS; round += 1) results.push(await measure());
await Promise.all([bucket.close(), images.close()]);

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const base = middle(results.map((result) => result.base));
const over = results.map((result) => result.peak - result.base);
process.stdout.write(
  process.argv.includes('--json')
    ? JSON.stringify({ over })
    : `${AT_ONCE} pictures of ${PICTURE_BYTES / 1e6} MB at once, ${ROUNDS} processes:\n` +
        `  before: ${base} MB resident; at the peak ${middle(over)} MB more ` +
        `(${Math.min(...over)} to ${Math.max(...over)})\n`,
);

/** Megabytes of a fresh process, before and at the peak. */
async function measure(): Promise<{ base: number; peak: number }> {
  s3.reset();
  const service = await startService({
    ...productionEnvironment({ s3: bucket.url, openai: images.url }),
    DAILY_GENERATION_BUDGET: '1000',
    MAX_CONCURRENT_GENERATIONS: String(AT_ONCE),
  });
  const ask = async (path: string) => {
    const answer = await fetch(`${service.url}/api/cafe/generate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ context: { pagePath: path, pageType: 'article' } }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  };
  // What is loaded and compiled by the first one is not the pictures'.
  await ask('/first');
  const base = residentMegabytes(service.pid, 'VmRSS');
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => ask(`/posts/${n}`)));
  const peak = residentMegabytes(service.pid, 'VmHWM');
  await service.stop();
  return { base, peak };
}

function residentMegabytes(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] = new RegExp(`${what}:\\s+(\\d+) kB`).exec(statusOf(pid)) ?? [];
  return Math.round((Number(kilobytes) * 1024) / MEGABYTE);
}

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8');
}
