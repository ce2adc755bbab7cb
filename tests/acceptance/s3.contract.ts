import {
  CreateBucketCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestCafe, READERS } from '../support/open-test-cafe.ts';
import type { S3Service } from '../support/real-services.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { tinyPng } from '../support/tiny-png.ts';
import { today } from '../support/utc-days.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const FOREVER = 'public, max-age=31536000, immutable';

async function serveStandIn(Bucket: string): Promise<S3Service> {
  const { handle } = new S3StandIn({ bucket: Bucket });
  const { url, close } = await serveFetch(handle);
  onTestFinished(close);
  return { endpoint: url, accessKeyId: 'key', secretAccessKey: 'secret' };
}

/** @param service absent: the stand-in */
async function openBucket(service: S3Service | undefined) {
  const Bucket = `cafe-${crypto.randomUUID()}`;
  const { endpoint, accessKeyId, secretAccessKey } = service ?? (await serveStandIn(Bucket));
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  onTestFinished(() => client.destroy());
  if (service) await client.send(new CreateBucketCommand({ Bucket }));
  const open = (env: Record<string, string> = {}) =>
    openTestCafe({
      openai: { picture: (n) => tinyPng({ seed: n, ballast: 1_500_000 }) },
      env: {
        GENERATED_IMAGES_BUCKET: Bucket,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        S3_READ_TIMEOUT_MS: '20000',
        ...env,
      },
    });
  const keys = async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => String(Key));
  };
  const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket, Key }));
  const grants = async (Key: string) => {
    const { Grants = [] } = await client.send(new GetObjectAclCommand({ Bucket, Key }));
    return Grants.map(({ Permission }) => Permission);
  };
  const read = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  return { Bucket, open, keys, head, grants, read };
}

export function acceptOver(name: string, service?: S3Service): void {
  describe(`over ${name}`, () => {
    it('keys, objects, metadata and URLs are as specified, byte for byte', async () => {
      const { Bucket, open, keys, head, grants, read } = await openBucket(service);
      const { ask } = await open();
      const french = await ask('/posts/example-article');
      const worldwide = await ask('/', { type: 'index', from: READERS.unknown });
      const origin = `https://${Bucket}.s3.eu-west-3.amazonaws.com/generated/v2/page-cache`;
      expect(french.body).toEqual({ url: `${origin}/article/posts/example-article-france.png` });
      expect(worldwide.body).toEqual({ url: `${origin}/index/root-anywhere.png` });

      const all = await keys();
      const shapes = [
        `^generated/v2/${today()}/${UUID}-france\\.png$`,
        `^generated/v2/${today()}/${UUID}\\.png$`,
        `^generated/v2/${today()}/${UUID}-france\\.card\\.jpg$`,
        `^generated/v2/${today()}/${UUID}\\.card\\.jpg$`,
        '^generated/v2/page-cache/article/posts/example-article-france\\.png$',
        '^generated/v2/page-cache/index/root-anywhere\\.png$',
        `^records/${today()}/${UUID}-france\\.spent\\.\\d+\\.json$`,
        `^records/${today()}/${UUID}\\.spent\\.\\d+\\.json$`,
        '^records/pages/article/posts/example-article-france\\.json$',
        '^records/pages/index/root-anywhere\\.json$',
        `^records/shown/${UUID}/article/posts/example-article-france\\.json$`,
        `^records/shown/${UUID}/index/root-anywhere\\.json$`,
      ];
      for (const shape of shapes) {
        expect(all.filter((key) => new RegExp(shape).test(key))).toHaveLength(1);
      }
      expect(all).toHaveLength(shapes.length);

      for (const key of all.filter((name) => name.endsWith('.png'))) {
        const { ContentType, CacheControl } = await head(key);
        expect([ContentType, CacheControl]).toEqual(['image/png', FOREVER]);
        // Nobody but the owner: the bucket's policy alone makes pictures public.
        if (service) expect(await grants(key)).toEqual(['FULL_CONTROL']);
      }
      const dated = all.find((key) => key.endsWith('-france.png') && key.includes(today()));
      const painted = tinyPng({ seed: 1, ballast: 1_500_000 });
      const placed = 'generated/v2/page-cache/article/posts/example-article-france.png';
      for (const key of [String(dated), placed]) {
        expect((await read(key)).equals(painted)).toBe(true);
      }
    });

    it('the budget survives a restart, and a copy of what there is follows it', async () => {
      const { open, head, read } = await openBucket(service);
      const env = { DAILY_GENERATION_BUDGET: '2' };
      const first = await open(env);
      await Promise.all([first.ask('/posts/a'), first.ask('/posts/b', { from: READERS.JP })]);
      const second = await open(env);
      const { status } = await second.ask('/posts/c', { from: READERS.JP });
      expect([status, second.openai.journal.length]).toEqual([200, 0]);
      const copy = 'generated/v2/page-cache/article/posts/c-japan.png';
      expect((await head(copy)).CacheControl).toBe('public, max-age=3600');
      expect(await read(copy)).toEqual(
        await read('generated/v2/page-cache/article/posts/b-japan.png'),
      );
    });

    it('replicas buy no more than the budget together, and all of it while demand goes on', async () => {
      const { open, keys } = await openBucket(service);
      const env = { DAILY_GENERATION_BUDGET: '5' };
      const cafes = await Promise.all([open(env), open(env), open(env)]);
      const bought = () => cafes.reduce((sum, { openai }) => sum + openai.journal.length, 0);
      const rush = cafes.flatMap(({ ask }, replica) =>
        Array.from({ length: 10 }, (_, n) => ask(`/replica-${replica}/${n}`)),
      );
      await Promise.all(rush);
      expect(bought()).toBeLessThanOrEqual(5);
      for (let n = 0; n < 6; n += 1) await cafes[n % 3]?.ask(`/later/${n}`);
      expect(bought()).toBe(5);
      const spent = (await keys()).filter((key) => key.includes('.spent.'));
      expect(spent).toHaveLength(5);
    });

    it('K11: of many processes that start at once each serves a page, and one picture is bought', async () => {
      const { open, keys } = await openBucket(service);
      const cafes = await Promise.all([open(), open(), open()]);
      const answers = await Promise.all(cafes.map(({ ask }) => ask('/posts/a')));
      expect(new Set(answers.map(({ body }) => body.url)).size).toBe(1);
      expect(cafes.reduce((sum, { openai }) => sum + openai.journal.length, 0)).toBe(1);
      expect((await keys()).filter((key) => key.includes('/page-cache/'))).toHaveLength(1);
    });
  });
}
