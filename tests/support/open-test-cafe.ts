import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../src/app/config/config.ts';
import { openCafe } from '../../src/app/container/container.ts';
import { createCafeServer } from '../../src/app/server.ts';
import { CANARIES, expectNoCanary } from './canaries.ts';
import { CountryIsStandIn } from './country-is-stand-in.ts';
import { OpenAiStandIn, type OpenAiStandInOptions } from './openai-stand-in.ts';
import { S3StandIn, type S3StandInOptions } from './s3-stand-in.ts';
import { serveFetch } from './serve-fetch.ts';

/** Public addresses and where the country.is stand-in says they are. */
export const READERS = { FR: '2.2.2.2', JP: '1.0.16.1', GN: '41.77.184.1', unknown: '9.9.9.9' };
export const BLOG = 'https://blog.example';
export const ORIGIN = 'https://cafe-test.s3.eu-west-3.amazonaws.com';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came over the wire, to be asserted on
  body: any;
}

export interface TestCafeOptions {
  env?: Record<string, string>;
  s3?: S3StandInOptions;
  openai?: OpenAiStandInOptions;
  /** What is in the bucket, and goes wrong with it, before the service starts. */
  before?: (s3: S3StandIn) => void;
  /** Whether to wait until pool and store are known, and to forget the calls of that. */
  warm?: boolean;
  /** Whether known pages are answered without Koa; as {@link lanes} says by default. */
  hasFastLane?: boolean;
  /** Another replica: on the same bucket, and with the same OpenAI and country.is. */
  beside?: Upstreams;
}

/** By which way the cafes of a test file answer, where a test does not say. */
export const lanes = { hasFastLane: true };

interface Upstreams {
  s3: S3StandIn;
  openai: OpenAiStandIn;
  countryIs: CountryIsStandIn;
  /** Where they are served. */
  urls: { s3: string; openai: string; countryIs: string };
}

async function serveUpstreams({ s3, openai, before }: TestCafeOptions): Promise<Upstreams> {
  const standIns = {
    s3: new S3StandIn(s3),
    openai: new OpenAiStandIn(openai),
    countryIs: new CountryIsStandIn({
      [READERS.FR]: 'FR',
      [READERS.JP]: 'JP',
      [READERS.GN]: 'GN',
    }),
  };
  before?.(standIns.s3);
  const served = await Promise.all(
    [standIns.s3, standIns.openai, standIns.countryIs].map(({ handle }) => serveFetch(handle)),
  );
  onTestFinished(async () => {
    await Promise.all(served.map(({ close }) => close()));
  });
  const [first, second, third] = served.map(({ url }) => url);
  return {
    ...standIns,
    urls: { s3: String(first), openai: String(second), countryIs: String(third) },
  };
}

/**
 * The whole service as in production, real server, SDKs and sockets included; S3, OpenAI and
 * country.is are stand-ins on ports of their own. It closes with the test.
 */
export async function openTestCafe(options: TestCafeOptions = {}) {
  const { env = {}, warm = true, hasFastLane = lanes.hasFastLane } = options;
  const upstreams = options.beside ?? (await serveUpstreams(options));
  const { s3, openai, urls } = upstreams;
  const log: string[] = [];
  const environment = {
    NODE_ENV: 'production',
    GENERATED_IMAGES_BUCKET: s3.bucket,
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: CANARIES.keyId,
    AWS_SECRET_ACCESS_KEY: CANARIES.secretKey,
    AWS_ENDPOINT_URL_S3: urls.s3,
    OPENAI_API_KEY: CANARIES.apiKey,
    // No end of it is announced: tests must not change with the day on which they run.
    OPENAI_IMAGE_MODEL: 'gpt-image-2',
    OPENAI_BASE_URL: `${urls.openai}/v1`,
    COUNTRY_IS_URL: urls.countryIs,
    CORS_ALLOWED_ORIGINS: BLOG,
    // In development, it would lock a folder that all tests share.
    STUDIO: 'off',
    // So much that only what hangs meets them. Tests of them set their own.
    REQUEST_TIMEOUT_MS: '60000',
    S3_READ_TIMEOUT_MS: '60000',
    CLAIM_LEASE_MS: '60000',
    GEO_TIMEOUT_MS: '10000',
    RENDITION_TIMEOUT_MS: '60000',
    LOG_LEVEL: 'debug',
    ...env,
  };
  const config = loadConfig(environment);
  const cafe = await openCafe(config, { write: (line) => log.push(line) });
  const { server, drain } = createCafeServer(cafe, { hasFastLane });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (warm) {
    await Promise.all([cafe.pool.refresh(), cafe.store.learnFeatures?.()]);
    s3.journal.length = 0;
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answers: string[] = [];
  onTestFinished(async () => {
    const stored = [...s3.objects].map(([key, { bytes, metadata }]) =>
      [key, JSON.stringify(metadata), Buffer.from(bytes).toString('latin1')].join('\n'),
    );
    s3.reset();
    openai.reset();
    server.closeAllConnections();
    await drain();
    await cafe.close();
    expectNoCanary(...log, ...answers, ...stored);
  });

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(url + path, init);
    const text = await response.text();
    answers.push(JSON.stringify([...response.headers]), text);
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const body = isJson && text ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body };
  }

  /** Asks for a page's picture as a reader's browser on the blog does. */
  function ask(
    pagePath: string,
    {
      type = 'article',
      from = READERS.FR,
      query = '',
      ...init
    }: { type?: string; from?: string; query?: string } & RequestInit = {},
  ): Promise<Answer> {
    return send(`/api/cafe/generate${query}`, {
      method: 'POST',
      body: JSON.stringify({ context: { pagePath, pageType: type } }),
      ...init,
      headers: {
        'Content-Type': 'application/json',
        Origin: BLOG,
        'X-Real-IP': from,
        ...(init.headers as Record<string, string>),
      },
    });
  }

  const keys = (prefix: string) =>
    [...s3.objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();

  return {
    ...upstreams,
    /** For a command about the same service. */
    environment,
    url,
    /** How many are open, as the server sees it. */
    connections: () => promisify(server.getConnections.bind(server))(),
    log,
    cafe,
    drain,
    send,
    ask,
    /** Keys of what is stored, in order. */
    keys,
    /** Of pictures alone, without what was made of them. */
    pngs: (prefix = 'generated/v2/') => keys(prefix).filter((key) => key.endsWith('.png')),
  };
}

export type TestCafe = Awaited<ReturnType<typeof openTestCafe>>;
