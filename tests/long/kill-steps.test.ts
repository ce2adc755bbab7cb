import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../support/faults.ts';
import { askFor } from '../support/open-proxied-cafe.ts';
import { hang } from '../support/openai-answers.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { productionEnvironment } from '../support/production-environment.ts';
import { type S3CallPattern, S3StandIn } from '../support/s3-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { type Service, startService } from '../support/start-service.ts';
import { daysSince } from '../support/utc-days.ts';

/** KILL_ROUNDS makes it shorter: processes that are killed at each step. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 20);
/** Used up before the last of them. */
const BUDGET = Math.ceil(ROUNDS * 0.6);

const CLAIM = /^records\/pages\//;
const RECORD = /^records\/\d{4}\//;
const RESERVED = /\.reserved\./;
const SPENT = /\.spent\./;
const DATED = /^generated\/v2\/\d{4}\/.*\.png$/;
const CARD = /\.card\.jpg$/;
const PENDING = /^records\/pending\/.*\.png$/;
const NOTE = /^records\/shown\//;
const PAGE = /\/page-cache\//;
const OLDER = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png';

const REVIEWED = { REVIEW: 'before' };

const before: Fault = { kind: 'hang' };
const after: Fault = { kind: 'hang', afterwards: true };

/** Where a purchase is cut off: a call that is never answered, whether or not it was heard. */
const STEPS: [string, S3CallPattern | 'openai', Fault, Record<string, string>?][] = [
  ['the page is looked up', { operation: 'head', key: PAGE }, before],
  ['the page is claimed, unheard', { operation: 'put', key: CLAIM }, before],
  ['the page is claimed', { operation: 'put', key: CLAIM }, after],
  ['the reservation is written, unheard', { operation: 'put', key: RESERVED }, before],
  ['the reservation is written', { operation: 'put', key: RESERVED }, after],
  ['the day is counted', { operation: 'list', key: RECORD }, before],
  ['the picture is painted', 'openai', before],
  ['it is written down where it will be shown', { operation: 'put', key: NOTE }, before],
  ['its card is stored, unheard', { operation: 'put', key: CARD }, before],
  ['its card is stored', { operation: 'put', key: CARD }, after],
  ['the picture is stored, unheard', { operation: 'put', key: DATED }, before],
  ['the picture is stored', { operation: 'put', key: DATED }, after],
  ['it is put aside for review, unheard', { operation: 'put', key: PENDING }, before, REVIEWED],
  ['it is put aside for review', { operation: 'put', key: PENDING }, after, REVIEWED],
  ['the page is placed, unheard', { operation: 'put', key: PAGE }, before],
  ['the page is placed', { operation: 'put', key: PAGE }, after],
  ['the cost is written, unheard', { operation: 'put', key: SPENT }, before],
  ['the cost is written', { operation: 'put', key: SPENT }, after],
  ['the reservation is cleared away', { operation: 'delete', key: RESERVED }, after],
];

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

describe('P3, K4: killed when', () => {
  it.concurrent.each(STEPS)(
    '%s, over and over, it never buys more than its budget, and serves every page in the end',
    async (_, at, fault, env = {}) => {
      const s3 = new S3StandIn();
      // Where all the budget went into purchases that were cut off, there is still this one to show.
      s3.seed(OLDER, 'older');
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
          CLAIM_LEASE_MS: '1000',
          ...env,
        });

      let reached = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const service = await start();
        const heard = () => (at === 'openai' ? openai.generations.length : s3.countOf(at));
        const heardBefore = heard();
        if (at === 'openai') openai.answerNext(hang());
        else s3.fault(at, fault, 50);
        // Every other time it is the page that was cut off before.
        const answer = ask(service, round - (round % 2));
        // Beyond the budget the flow is another one, and most steps are not reached any more.
        let hasEnded = false;
        void answer.then(() => {
          hasEnded = true;
        });
        while (heard() === heardBefore && !hasEnded) await wait(5);
        if (heard() > heardBefore) reached += 1;
        await service.stop('SIGKILL');
        await answer;
        s3.mend();
      }
      expect(reached).toBeGreaterThanOrEqual(BUDGET / 2);

      const service = await start();
      const pages = Array.from({ length: ROUNDS }, (_, page) =>
        askFor(service.url, `/posts/${page}`),
      );
      const refused = (await Promise.all(pages)).filter(({ status }) => status !== 200);
      expect(refused, service.output()).toEqual([]);
      await service.stop();
      const placed = [...s3.objects].filter(([key]) => PAGE.test(key) && key.endsWith('.png'));
      expect(placed).toHaveLength(ROUNDS);
      for (const [, { bytes }] of placed) expect(bytes.length).toBeGreaterThan(0);
      expect(openai.generations.length).toBeLessThanOrEqual(BUDGET * daysSince(started));
      const isNew = (key: string) => PENDING.test(key) || (DATED.test(key) && key !== OLDER);
      const stored = [...s3.objects.keys()].filter(isNew);
      expect(stored.length).toBeLessThanOrEqual(BUDGET * daysSince(started));
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    },
    400_000,
  );
});
