import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../src/app/config/config.ts';
import { openCafe } from '../../src/app/container/container.ts';
import { createCafeServer } from '../../src/app/server.ts';
import { FaultProxy } from './fault-proxy.ts';
import { OpenAiStandIn } from './openai-stand-in.ts';
import { productionEnvironment } from './production-environment.ts';
import { bucketOf } from './radosgw-bucket.ts';
import type { S3Service } from './real-services.ts';
import { serveFetch } from './serve-fetch.ts';

export const PICTURES = 'https://pictures.example';

/** A bucket of its own on a real S3 server, with a proxy before it; both end with the test. */
export async function openProxiedBucket(service: S3Service) {
  const place = bucketOf(service, PICTURES);
  await place.make();
  onTestFinished(() => place.remove());
  // Past the proxy: what is there, whatever the service may see of it.
  const store = place.open();
  onTestFinished(() => store.close());
  const proxy = await FaultProxy.before(service.endpoint);
  onTestFinished(() => proxy.close());
  const keys = async (prefix: string) =>
    (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
  return {
    bucket: place.bucket,
    store,
    proxy,
    keys,
    /** Of pictures alone, without what was made of them. */
    pngs: async (prefix = 'generated/v2/') =>
      (await keys(prefix)).filter((key) => key.endsWith('.png')),
    /** Where the service finds it. */
    env: {
      GENERATED_IMAGES_BUCKET: place.bucket,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: service.accessKeyId,
      AWS_SECRET_ACCESS_KEY: service.secretAccessKey,
      AWS_ENDPOINT_URL_S3: proxy.url,
      PUBLIC_IMAGE_BASE_URL: PICTURES,
    },
  };
}

/**
 * The whole service in this process, over a real S3 server and an OpenAI stand-in, each behind a proxy
 * that lets connections go wrong. It ends with the test.
 */
export async function openProxiedCafe(service: S3Service, env: Record<string, string> = {}) {
  const bucket = await openProxiedBucket(service);
  const openai = new OpenAiStandIn();
  const images = await serveFetch(openai.handle);
  onTestFinished(() => images.close());
  const log: string[] = [];
  const config = loadConfig({
    ...productionEnvironment({ s3: bucket.proxy.url, openai: images.url }),
    ...bucket.env,
    LOG_LEVEL: 'debug',
    S3_READ_TIMEOUT_MS: '1500',
    S3_WRITE_TIMEOUT_MS: '2000',
    ...env,
  });
  const cafe = await openCafe(config, { write: (line) => log.push(line) });
  const { server, drain } = createCafeServer(cafe);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await Promise.all([cafe.pool.refresh(), cafe.store.learnFeatures?.()]);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    await bucket.proxy.pass();
    openai.reset();
    server.closeAllConnections();
    await drain();
    await cafe.close();
  });
  return { ...bucket, openai, log, cafe, url, ask: (pagePath: string) => askFor(url, pagePath) };
}

export interface PageAnswer {
  status: number;
  /** Of the picture; empty where there is none. */
  url: string;
  /** The error's code; empty where there is none. */
  code: string;
  retryAfter: number;
}

/** Asks for an article's picture as a reader whose country nobody knows. */
export async function askFor(
  url: string,
  pagePath: string,
  init: RequestInit = {},
): Promise<PageAnswer> {
  const answer = await fetch(`${url}/api/cafe/generate`, {
    method: 'POST',
    ...init,
    headers: { 'Content-Type': 'application/json', ...(init.headers as Record<string, string>) },
    body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
  });
  const body = (await answer.json()) as { url?: string; error?: { code: string } };
  return {
    status: answer.status,
    url: body.url ?? '',
    code: body.error?.code ?? '',
    retryAfter: Number(answer.headers.get('retry-after')),
  };
}
