import { onTestFinished } from 'vitest';
import { doctor } from '../../src/cli/doctor/doctor.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Clock } from '../../src/domain/kernel/clock.ts';
import { DAY_MS } from '../../src/domain/kernel/day.ts';
import { CANARIES } from './canaries.ts';
import { CountryIsStandIn } from './country-is-stand-in.ts';
import { openTestCafe } from './open-test-cafe.ts';
import { OpenAiStandIn, type OpenAiStandInOptions } from './openai-stand-in.ts';
import { S3StandIn, type S3StandInOptions } from './s3-stand-in.ts';
import { type FetchHandler, serveFetch } from './serve-fetch.ts';

/** What is wrong with a patient; nothing where nothing is said. */
export interface Illness {
  env?: Record<string, string>;
  s3?: S3StandInOptions;
  /** In place of the bucket's own answer, where it gives one. */
  bucketAnswers?: (request: Request, url: URL) => Response | undefined;
  /** The XML of the bucket's lifecycle rules, or the status it is refused with. */
  lifecycle?: string | number;
  /** Days that puts are told to expire after. */
  tellsDays?: number;
  ownership?: string | number;
  /** Milliseconds that the store's clock is ahead. */
  storeAheadMs?: number;
  openai?: OpenAiStandInOptions;
  /** In place of country.is's own answers. */
  countryIsAnswers?: FetchHandler;
  /** Of the service: which origins may ask, the blog's own where nothing is said. */
  allowedOrigins?: string;
  /** The page of the blog, out of where the service is. */
  page?: (serviceUrl: string) => string;
  /** The page's policy, out of where the service and the pictures are. */
  policy?: (serviceUrl: string, picturesUrl: string) => string;
  now?: number;
}

export const KEY = 'sk-canary-of-openai';
export const SECRET = 'canary/of+the/bucket';
const ADDRESS = '129.175.15.11';

/** The rule of infra/bucket/lifecycle.json. */
export function expiryRule(days: number, prefix = 'generated/v2/'): string {
  return `<Rule><ID>expire</ID><Status>Enabled</Status><Filter><Prefix>${prefix}</Prefix></Filter><Expiration><Days>${days}</Days></Expiration></Rule>`;
}

/**
 * A cafe with all that it calls, a blog and a service, on ports of their own, and the environment that
 * describes them. They close with the test.
 */
export async function openPatient(illness: Illness = {}) {
  // As headers tell it, in whole seconds.
  const now = Math.floor((illness.now ?? Date.now()) / 1000) * 1000;
  const s3 = new S3StandIn({ publicPrefix: 'generated/', ...illness.s3 });
  const openai = new OpenAiStandIn({ key: KEY, ...illness.openai });
  const countryIs = new CountryIsStandIn({ [ADDRESS]: 'FR' });
  countryIs.answerWith(illness.countryIsAnswers);
  const bucket = await serve(async (request) => {
    const url = new URL(request.url);
    const special = illness.bucketAnswers?.(request, url) ?? bucketSetting(url, illness);
    return dated(special ?? (await s3.handle(request)), request, now, illness);
  });
  const openAiUrl = await serve(openai.handle);
  const countryIsUrl = await serve(countryIs.handle);
  const places = { service: '', pictures: `${bucket}/${s3.bucket}` };
  const blog = await serve(async () => pageOf(illness, places));
  const { url } = await openTestCafe({
    env: {
      CORS_ALLOWED_ORIGINS: illness.allowedOrigins ?? new URL(blog).origin,
      ADMIN_TOKEN: CANARIES.adminToken,
    },
  });
  places.service = url;
  return {
    s3,
    openai,
    site: new URL(`${blog}/posts/hello/`),
    service: url,
    now,
    env: {
      NODE_ENV: 'production',
      GENERATED_IMAGES_BUCKET: s3.bucket,
      AWS_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'AKIACANARY',
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_ENDPOINT_URL_S3: bucket,
      PUBLIC_IMAGE_BASE_URL: places.pictures,
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: `${openAiUrl}/v1`,
      OPENAI_IMAGE_MODEL: 'gpt-image-2',
      OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2',
      COUNTRY_IS_URL: countryIsUrl,
      CORS_ALLOWED_ORIGINS: new URL(blog).origin,
      ...illness.env,
    } as Record<string, string>,
  };
}

/** Keeps what is written. */
export function recordingTerminal(over: Partial<Terminal> = {}) {
  const written = { out: '', err: '' };
  const terminal: Terminal = {
    write: (text) => {
      written.out += text;
    },
    complain: (text) => {
      written.err += text;
    },
    isInteractive: false,
    hasColours: false,
    columns: 80,
    interrupted: () => new AbortController().signal,
    ...over,
  };
  return { terminal, written };
}

/** What the doctor finds, with nothing lost between finding and JSON. */
export async function findingsOf(
  env: Record<string, string>,
  {
    site,
    service,
    now = Date.now(),
  }: { site?: URL; service?: string | undefined; now?: number } = {},
): Promise<{ ok: boolean; findings: Finding[]; text: string }> {
  const { terminal, written } = recordingTerminal();
  // It stands still, for what is compared with the store's.
  const clock: Clock = { now: () => now, monotonic: () => 0, sleep: async () => {} };
  const options = { site, service, timeoutMs: 10_000, json: true, clock };
  await doctor(env, options, terminal);
  return { ...JSON.parse(written.out), text: written.out };
}

async function serve(handler: FetchHandler): Promise<string> {
  const server = await serveFetch(handler);
  onTestFinished(() => server.close());
  return server.url;
}

/** What the stand-in for S3 does not know of: settings of buckets. */
function bucketSetting({ searchParams }: URL, illness: Illness): Response | undefined {
  if (searchParams.has('ownershipControls')) {
    const found = illness.ownership ?? 'BucketOwnerEnforced';
    return setting(
      found,
      `<OwnershipControls><Rule><ObjectOwnership>${found}</ObjectOwnership></Rule></OwnershipControls>`,
    );
  }
  if (!searchParams.has('lifecycle')) return undefined;
  const rules = illness.lifecycle ?? expiryRule(30);
  return setting(rules, `<LifecycleConfiguration>${rules}</LifecycleConfiguration>`);
}

function setting(found: string | number, xml: string): Response {
  if (typeof found === 'string') return new Response(xml);
  const code = found === 403 ? 'AccessDenied' : 'NoSuchLifecycleConfiguration';
  return s3Error(found, code);
}

export function s3Error(status: number, code: string, headers: HeadersInit = {}): Response {
  const xml = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return new Response(xml, { status, headers });
}

function dated(response: Response, { method }: Request, now: number, illness: Illness): Response {
  const headers = new Headers(response.headers);
  headers.set('date', new Date(now + (illness.storeAheadMs ?? 0)).toUTCString());
  if (method === 'PUT' && illness.tellsDays !== undefined) {
    const midnight = Math.ceil(Date.now() / DAY_MS + illness.tellsDays) * DAY_MS;
    const date = new Date(midnight).toUTCString();
    headers.set('x-amz-expiration', `expiry-date="${date}", rule-id="expire"`);
  }
  return new Response(response.body, { status: response.status, headers });
}

function pageOf(illness: Illness, { service, pictures }: { service: string; pictures: string }) {
  const policy =
    illness.policy ??
    (() =>
      `default-src 'self'; script-src ${service}; connect-src ${service}; img-src ${pictures}/`);
  const html = illness.page?.(service) ?? elementAt(service);
  return new Response(`<!doctype html><html><head><title>x</title></head><body>${html}</body>`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(service, pictures),
    },
  });
}

/** What the recipes say goes into a page. */
export function elementAt(service: string): string {
  return `<script type="module" src="${service}/bytesized-cafe-app/cafe-image.js"></script>
    <cafe-image page-path="/posts/hello/" page-type="article" caption></cafe-image>`;
}
