import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { OpenAiStandIn } from '../../support/openai-stand-in.ts';
import { productionEnvironment } from '../../support/production-environment.ts';
import { bucketOf } from '../../support/radosgw-bucket.ts';
import type { S3Service } from '../../support/real-services.ts';
import { serveFetch } from '../../support/serve-fetch.ts';
import { type Service, startService } from '../../support/start-service.ts';
import { today } from '../../support/utc-days.ts';

const BUDGET = 15;
const IMAGES = 'generated/v2';

interface Answer {
  status: number;
  url: string;
}

async function ask({ url }: Service, path: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/cafe/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { pagePath: path, pageType: 'article' } }),
  });
  const body = (await answer.json()) as { url?: string };
  return { status: answer.status, url: body.url ?? '' };
}

/** A bucket of its own, and processes of the service that share nothing else. */
async function openReplicas(service: S3Service, count: number) {
  const place = bucketOf(service, 'https://pictures.example');
  await place.make();
  onTestFinished(() => place.remove());
  const store = place.open();
  onTestFinished(() => store.close());
  const openai = new OpenAiStandIn({ latencyMs: 100 });
  const upstream = await serveFetch(openai.handle);
  onTestFinished(() => upstream.close());
  const replicas = await Promise.all(
    Array.from({ length: count }, () =>
      startService({
        ...productionEnvironment({ s3: service.endpoint, openai: upstream.url }),
        GENERATED_IMAGES_BUCKET: place.bucket,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: service.accessKeyId,
        AWS_SECRET_ACCESS_KEY: service.secretAccessKey,
        // A thousand pages at once keep one small server busy.
        S3_READ_TIMEOUT_MS: '60000',
        S3_WRITE_TIMEOUT_MS: '60000',
        DAILY_GENERATION_BUDGET: String(BUDGET),
      }),
    ),
  );
  onTestFinished(async () => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
  });
  const pngs = async (prefix: string) => {
    const all = (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
    return all.filter((key) => key.endsWith('.png'));
  };
  /** Asks each replica in turn, for pages that nobody has asked for. */
  const rush = (pages: number) => {
    const name = randomUUID();
    return Promise.all(
      Array.from({ length: pages }, (_, n) => {
        const replica = replicas[n % count];
        if (!replica) throw new Error('There is no replica');
        return ask(replica, `/${name}/${n}`);
      }),
    );
  };
  return { replicas, openai, store, pngs, rush };
}

function overRadosgw(service: S3Service): void {
  describe('C9, K1: a thousand distinct new pages at once', () => {
    it('on one process make exactly as many paid calls as the budget has, and each page is served', async () => {
      const { openai, store, pngs, rush } = await openReplicas(service, 1);
      // The budget is used up before the first picture is painted: there has to be an older one.
      const older = `${IMAGES}/2026/01/01/${randomUUID()}.png`;
      await store.put(older, Buffer.from('older'), { contentType: 'image/png' });
      const answers = await rush(1000);
      expect(openai.generations).toHaveLength(BUDGET);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await pngs(`${IMAGES}/${today()}/`)).toHaveLength(BUDGET);
      expect(await pngs(`${IMAGES}/page-cache/`)).toHaveLength(1000);
    });

    it('on three processes never make more, and as many while demand goes on', async () => {
      const { openai, pngs, rush } = await openReplicas(service, 3);
      const answers = await rush(1000);
      expect(openai.generations.length).toBeLessThanOrEqual(BUDGET);
      const served = answers.filter(({ status }) => status === 200);
      expect(served.length + answers.filter(({ status }) => status === 503).length).toBe(1000);
      for (let n = 0; n < 5 && openai.generations.length < BUDGET; n += 1) await rush(6);
      expect(openai.generations).toHaveLength(BUDGET);
      expect(await pngs(`${IMAGES}/${today()}/`)).toHaveLength(BUDGET);
      expect((await rush(30)).map(({ status }) => status)).toEqual(Array(30).fill(200));
      expect(openai.generations).toHaveLength(BUDGET);
    });

    it('make that many fewer where there are pictures of the day already', async () => {
      const { openai, store, rush } = await openReplicas(service, 3);
      for (let n = 0; n < 6; n += 1) {
        const key = `${IMAGES}/${today()}/${randomUUID()}.png`;
        await store.put(key, Buffer.from('of another tool'), { contentType: 'image/png' });
      }
      await rush(300);
      for (let n = 0; n < 5 && openai.generations.length < BUDGET - 6; n += 1) await rush(6);
      await rush(30);
      expect(openai.generations).toHaveLength(BUDGET - 6);
    });
  });

  it('K11: 300 readers of one new page over three processes get one picture, bought once', async () => {
    const { replicas, openai, pngs } = await openReplicas(service, 3);
    openai.latencyMs = 1000;
    const answers = await Promise.all(
      replicas.flatMap((replica) => Array.from({ length: 100 }, () => ask(replica, '/posts/a'))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ url }) => url)).size).toBe(1);
    expect(openai.generations).toHaveLength(1);
    expect(await pngs(`${IMAGES}/${today()}/`)).toHaveLength(1);
  });
}

describe('processes that share one bucket of Ceph’s radosgw', () =>
  overRadosgw(inject('radosgw')!));
