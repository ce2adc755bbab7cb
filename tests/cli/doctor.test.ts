import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { FindingStatus } from '../../src/cli/doctor/finding.ts';
import { CANARIES } from '../support/canaries.ts';
import {
  elementAt,
  expiryRule,
  findingsOf,
  type Illness,
  KEY,
  openPatient,
  SECRET,
  s3Error,
} from '../support/doctors-patient.ts';
import { CEPHS_CONDITIONS, REFUSED_CONDITIONS } from '../support/s3-conditions.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { tinyMmdb } from '../support/tiny-mmdb.ts';

interface Case extends Illness {
  name: string;
  /** What is not in order: the check, how bad it is, and what message and remedy say. */
  finds: [check: string, FindingStatus, message: RegExp, remedy: RegExp][];
  /** Checks that could not be made because of it. */
  skips?: string[];
}

const BUCKET_CHECKS = [
  'listing',
  'missing-picture',
  'records',
  'conditional-writes',
  'taking-down',
  'public-pictures',
  'private-records',
  'private-listing',
  'ownership',
  'lifecycle',
];
const OTHERS = ['openai', 'model-shutdown', 'countries', 'service', 'cross-origin', 'page'];
/** A database in which there are no countries. */
const NETWORKS = path.join(tmpdir(), `cafe-${process.pid}-networks.mmdb`);
const isSigned = (request: Request) => request.headers.has('authorization');
const isListing = (url: URL) => url.searchParams.has('list-type');
const refusesToDeletePictures: Case['bucketAnswers'] = (request, url) =>
  request.method === 'DELETE' && url.pathname.includes('/generated/')
    ? s3Error(403, 'AccessDenied')
    : undefined;

const CASES: Case[] = [
  {
    name: 'a wrong secret',
    bucketAnswers: (request) =>
      isSigned(request) ? s3Error(403, 'SignatureDoesNotMatch') : undefined,
    finds: [
      ['bucket', 'failure', /AWS_SECRET_ACCESS_KEY does not belong/, /Copy the complete secret/],
    ],
    skips: BUCKET_CHECKS,
  },
  {
    name: 'an unknown access key',
    bucketAnswers: (request) =>
      isSigned(request) ? s3Error(403, 'InvalidAccessKeyId') : undefined,
    finds: [['bucket', 'failure', /does not know AWS_ACCESS_KEY_ID/, /create-access-key/]],
    skips: BUCKET_CHECKS,
  },
  {
    name: 'a bucket that is not there',
    env: { GENERATED_IMAGES_BUCKET: 'nonesuch' },
    finds: [['bucket', 'failure', /bucket nonesuch does not exist/, /create-bucket\.sh/]],
    skips: BUCKET_CHECKS,
  },
  {
    name: 'another region',
    bucketAnswers: (request) =>
      isSigned(request)
        ? s3Error(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'us-west-2' })
        : undefined,
    finds: [['bucket', 'failure', /not in eu-west-3 but in us-west-2/, /AWS_REGION=us-west-2/]],
    skips: BUCKET_CHECKS,
  },
  {
    name: 'a store that does not answer',
    env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
    finds: [
      ['bucket', 'failure', /http:\/\/127\.0\.0\.1:1 does not respond \(ECONN/, /Correct AWS_END/],
    ],
    skips: ['clock', ...BUCKET_CHECKS],
  },
  {
    name: 'no permission to list',
    bucketAnswers: (request, url) =>
      isSigned(request) && isListing(url) ? s3Error(403, 'AccessDenied') : undefined,
    finds: [
      ['listing', 'failure', /may not list generated\/v2\//, /s3:ListBucket/],
      ['listing', 'failure', /may not list records\//, /s3:ListBucket/],
    ],
  },
  {
    name: '403 in place of 404',
    bucketAnswers: (request) =>
      isSigned(request) && request.method === 'HEAD'
        ? new Response(null, { status: 403 })
        : undefined,
    finds: [['missing-picture', 'failure', /403 instead of 404/, /StringLikeIfExists/]],
  },
  {
    name: 'no permission to delete records',
    bucketAnswers: (request, url) =>
      request.method === 'DELETE' && url.pathname.includes('/records/')
        ? s3Error(403, 'AccessDenied')
        : undefined,
    finds: [['records', 'failure', /Records cannot be deleted.*403/, /s3:DeleteObject/]],
  },
  {
    name: 'no permission to delete pictures, with an admin',
    env: { ADMIN_TOKEN: CANARIES.adminToken },
    bucketAnswers: refusesToDeletePictures,
    finds: [
      [
        'taking-down',
        'failure',
        /Pictures cannot be deleted.*403 AccessDenied/,
        /s3:DeleteObject below generated\/v2\/.*service-policy\.json/,
      ],
    ],
  },
  {
    name: 'no permission to delete pictures, without an admin',
    bucketAnswers: refusesToDeletePictures,
    finds: [['taking-down', 'warning', /Pictures cannot be deleted/, /s3:DeleteObject/]],
  },
  {
    name: 'pictures that are not public',
    s3: { publicPrefix: 'elsewhere/' },
    finds: [['public-pictures', 'failure', /returns 403/, /public-read-policy\.json/]],
  },
  {
    name: 'a public address that is somewhere else',
    bucketAnswers: (request) =>
      isSigned(request) ? undefined : new Response('A page of my blog', { status: 200 }),
    finds: [
      ['public-pictures', 'failure', /200 with different content/, /Set PUBLIC_IMAGE_BASE_URL/],
    ],
  },
  {
    name: 'public records',
    s3: { publicPrefix: '' },
    finds: [['private-records', 'failure', /records are public/, /only the pictures public/]],
  },
  {
    name: 'a bucket that can be listed without a key',
    bucketAnswers: (request, url) =>
      !isSigned(request) && isListing(url)
        ? new Response('<ListBucketResult></ListBucketResult>')
        : undefined,
    finds: [
      [
        'private-listing',
        'failure',
        /can be listed without a key/,
        /Remove the public s3:ListBucket/,
      ],
    ],
  },
  {
    name: 'ACLs that are on',
    ownership: 'ObjectWriter',
    finds: [['ownership', 'warning', /ObjectWriter: ACLs/, /ownership\.json/]],
  },
  {
    name: 'no lifecycle',
    lifecycle: 404,
    finds: [['lifecycle', 'warning', /No lifecycle rule/, /lifecycle\.json/]],
  },
  {
    name: 'pictures that expire sooner than configured',
    lifecycle: expiryRule(7),
    finds: [
      [
        'lifecycle',
        'failure',
        /after 7 days, .*IMAGE_LIFETIME_DAYS is 30/,
        /IMAGE_LIFETIME_DAYS=7/,
      ],
    ],
  },
  {
    name: 'pictures that expire later than configured',
    env: { IMAGE_LIFETIME_DAYS: '10' },
    finds: [
      [
        'lifecycle',
        'warning',
        /after 30 days, .*IMAGE_LIFETIME_DAYS is 10/,
        /IMAGE_LIFETIME_DAYS=30/,
      ],
    ],
  },
  {
    name: 'records that expire',
    lifecycle: expiryRule(30, ''),
    finds: [['lifecycle', 'failure', /also expires records/, /prefix of the pictures/]],
  },
  {
    name: 'a lifecycle that cannot be read and does not match',
    lifecycle: 403,
    tellsDays: 14,
    finds: [
      [
        'lifecycle',
        'failure',
        /after 14 days, .*IMAGE_LIFETIME_DAYS is 30/,
        /IMAGE_LIFETIME_DAYS=14/,
      ],
    ],
  },
  {
    name: 'a store without conditional writes',
    s3: { publicPrefix: 'generated/', conditions: REFUSED_CONDITIONS },
    finds: [['conditional-writes', 'warning', /If-None-Match or If-Match/, /one replica/]],
  },
  {
    name: 'a clock that is a little slow',
    storeAheadMs: 90_000,
    finds: [['clock', 'warning', /90 seconds behind the store's/, /NTP/]],
  },
  {
    name: 'a clock that is wrong',
    storeAheadMs: -600_000,
    finds: [['clock', 'failure', /600 seconds ahead of the store's/, /NTP/]],
  },
  {
    name: 'a wrong key of OpenAI',
    env: { OPENAI_API_KEY: 'sk-another-canary' },
    finds: [['openai', 'failure', /does not accept OPENAI_API_KEY/, /Create a new key/]],
  },
  {
    name: 'no model that the key may use',
    openai: { models: [] },
    finds: [['openai', 'failure', /gpt-image-2 does not exist/, /Correct OPENAI_IMAGE_MODEL/]],
  },
  {
    name: 'a first model that does not exist, and a fallback',
    env: { OPENAI_IMAGE_MODEL: 'gpt-image-0' },
    openai: { models: ['gpt-image-2'] },
    finds: [
      ['openai', 'warning', /gpt-image-0 does not exist.*uses gpt-image-2/, /Correct OPENAI_IMAGE/],
    ],
  },
  {
    name: 'a model that ends soon',
    env: { OPENAI_IMAGE_MODEL: 'gpt-image-1.5' },
    now: Date.UTC(2026, 10, 24, 12),
    finds: [
      ['model-shutdown', 'warning', /in 7 days, on 2026-12-01/, /OPENAI_IMAGE_MODEL=gpt-image-2/],
    ],
  },
  {
    name: 'a model that has ended, and its fallback',
    env: { OPENAI_IMAGE_MODEL: 'gpt-image-1.5', OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-2' },
    now: Date.UTC(2026, 11, 2),
    finds: [
      [
        'model-shutdown',
        'warning',
        /shut down gpt-image-1\.5.*skips it and uses gpt-image-2/,
        /OPENAI_IMAGE_MODEL=gpt-image-2/,
      ],
    ],
  },
  {
    name: 'a fallback whose server announces its end',
    env: { OPENAI_IMAGE_MODEL_FALLBACKS: 'gpt-image-3' },
    openai: { ends: { 'gpt-image-3': '2026-12-24' } },
    now: Date.UTC(2026, 11, 2),
    finds: [
      ['model-shutdown', 'warning', /gpt-image-3 in 22 days, on 2026-12-24/, /Remove gpt-image-3/],
    ],
  },
  {
    name: 'a model that has ended, without a fallback',
    env: { OPENAI_IMAGE_MODEL: 'gpt-image-1.5', OPENAI_IMAGE_MODEL_FALLBACKS: ',' },
    now: Date.UTC(2026, 11, 2),
    finds: [['model-shutdown', 'failure', /shut down gpt-image-1\.5/, /OPENAI_IMAGE_MODEL=/]],
  },
  {
    name: 'country.is that is down',
    countryIsAnswers: async () => new Response('down', { status: 503 }),
    finds: [['countries', 'failure', /returns 503/, /GEO_LOCATOR=mmdb/]],
  },
  {
    name: 'no country database',
    env: { GEO_LOCATOR: 'mmdb', GEO_DATABASE: '/no/such.mmdb' },
    finds: [['countries', 'failure', /\/no\/such\.mmdb cannot be opened/, /GEO_DATABASE/]],
  },
  {
    name: 'a database of networks, without countries',
    env: { GEO_LOCATOR: 'mmdb', GEO_DATABASE: NETWORKS },
    finds: [['countries', 'failure', /has no country for a known address/, /GEO_DATABASE/]],
  },
  {
    name: 'an old country database',
    env: { GEO_LOCATOR: 'mmdb' },
    now: Date.UTC(2028, 0, 1),
    finds: [['countries', 'warning', /is \d{3} days old/, /newer \.mmdb file/]],
  },
  {
    name: 'a folder that is not writable',
    env: { IMAGE_STORE: 'filesystem', DATA_DIR: '/dev/null/data' },
    finds: [['records', 'failure', /Records cannot be written/, /DATA_DIR/]],
  },
  {
    name: 'an origin that is not allowed',
    allowedOrigins: 'https://another.example',
    finds: [
      ['cross-origin', 'failure', /Browsers block requests from http/, /CORS_ALLOWED_ORIGINS/],
    ],
  },
  {
    name: 'a page without the element',
    page: () => '<p>Hello</p><!-- <cafe-image></cafe-image> -->',
    finds: [
      ['page', 'failure', /contains no <cafe-image>/, /snippet/],
      ['page', 'failure', /does not load the element's script/, /snippet/],
    ],
  },
  {
    name: 'a script that is not there',
    page: (service) => elementAt(`${service}/nowhere`),
    finds: [['page', 'failure', /cafe-image\.js returns 404/, /npm run build/]],
  },
  {
    name: 'a policy that blocks pictures',
    policy: (service) => `script-src ${service}; connect-src ${service}; img-src 'self'`,
    finds: [['page', 'failure', /blocks the element's pictures/, /to img-src/]],
  },
  {
    name: 'a policy that blocks the script',
    policy: () => "script-src 'self'",
    finds: [['page', 'failure', /blocks the element's script/, /to script-src/]],
  },
  {
    name: 'a policy that blocks requests',
    policy: (service, pictures) =>
      `default-src 'none'; script-src ${service}; img-src ${pictures}/`,
    finds: [['page', 'failure', /blocks the element's requests/, /to connect-src/]],
  },
];

beforeAll(() => writeFileSync(NETWORKS, tinyMmdb({ asn: 'AS2200' }, Date.UTC(2026, 10, 1))));
afterAll(() => rmSync(NETWORKS));

describe('the doctor', () => {
  it('reports no problem for a working setup, and leaves no objects behind', async () => {
    const { env, s3, openai, ...asked } = await openPatient();
    const { ok, findings, text } = await findingsOf(env, asked);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(ok).toBe(true);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['configuration', 'bucket', 'clock', ...BUCKET_CHECKS, ...OTHERS]),
    );
    const guide = readFileSync(path.join(import.meta.dirname, '../../docs/doctor.md'), 'utf8');
    for (const { check } of findings) expect(guide).toContain(`| \`${check}\` |`);
    expect([...s3.objects.keys()]).toEqual([]);
    expect(openai.journal.filter(({ method }) => method !== 'GET')).toEqual([]);
    for (const secret of [SECRET, KEY]) expect(text).not.toContain(secret);
  });

  it('reports no problem for a store that accepts one write of a key per second', async () => {
    const s3 = { quirks: { writePauseMs: 1000 } };
    const { env, s3: _, openai: __, ...asked } = await openPatient({ s3 });
    const { findings } = await findingsOf({ ...env, S3_READ_TIMEOUT_MS: '1000' }, asked);
    const [writes] = findings.filter(({ check }) => check === 'conditional-writes');
    expect(writes).toMatchObject({ status: 'ok' });
  });

  it.each(CASES)(
    'finds $name, and reports how to fix it',
    async ({ finds, skips = [], ...illness }) => {
      const { env, s3: _, openai: __, ...asked } = await openPatient(illness);
      const { ok, findings, text } = await findingsOf(env, asked);
      const wrong = findings.filter(({ status }) => status !== 'ok' && status !== 'skipped');
      expect(wrong).toEqual(
        finds.map(([check, status, message, remedy]) => ({
          check,
          status,
          message: expect.stringMatching(message),
          remedy: expect.stringMatching(remedy),
        })),
      );
      const skipped = findings.filter(({ status }) => status === 'skipped');
      expect(skipped.map(({ check }) => check)).toEqual(skips);
      expect(ok).toBe(!finds.some(([, status]) => status === 'failure'));
      for (const secret of [SECRET, KEY, 'sk-another-canary']) expect(text).not.toContain(secret);
    },
  );

  it('reports what it could not check, and why', async () => {
    const { env, ...asked } = await openPatient({ lifecycle: 403, ownership: 403 });
    const { ok, findings } = await findingsOf(env, asked);
    expect(ok).toBe(true);
    expect(findings.filter(({ status }) => status === 'skipped')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/s3:GetBucketOwnershipControls/) }),
      expect.objectContaining({ message: expect.stringMatching(/s3:GetLifecycleConfiguration/) }),
    ]);
  });

  it('accepts a store without conditional copies', async () => {
    const s3 = { publicPrefix: 'generated/', conditions: CEPHS_CONDITIONS };
    const { env } = await openPatient({ s3 });
    const { findings } = await findingsOf(env);
    expect(findings).toContainEqual({
      check: 'conditional-writes',
      status: 'ok',
      message:
        'The store supports conditional PUT. It does not support conditional copy, so the service reads and writes fallbacks instead of copying them.',
      remedy: null,
    });
  });

  it('checks the policy for the endpoint that the element calls', async () => {
    const { env, ...asked } = await openPatient({
      policy: (service, pictures) =>
        `default-src 'self'; script-src ${service}; connect-src ${service}/api/cafe/generate; img-src ${pictures}/`,
    });
    const { findings } = await findingsOf(env, { ...asked, service: undefined });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it('reports the target of a redirect', async () => {
    const { env, site } = await openPatient();
    const elsewhere = await serveFetch(async () => Response.redirect(site.href));
    onTestFinished(() => elsewhere.close());
    const { findings } = await findingsOf(env, { site: new URL(elsewhere.url) });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      expect.objectContaining({ status: 'warning', remedy: expect.stringContaining(site.origin) }),
    ]);
  });

  it('lists all problems of an environment, and still checks the page', async () => {
    const { site, service } = await openPatient();
    const env = { NODE_ENV: 'production', AWS_REGION: 'eu west', PORT: 'x' };
    const { ok, findings } = await findingsOf(env, { site, service });
    expect(ok).toBe(false);
    const wrong = findings.filter(({ status }) => status === 'failure');
    expect(wrong.map(({ remedy }) => /^Set (\w+) /.exec(remedy ?? '')?.[1])).toEqual(
      expect.arrayContaining(['PORT', 'AWS_REGION', 'GENERATED_IMAGES_BUCKET', 'OPENAI_API_KEY']),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'page',
        status: 'ok',
        message: 'The page contains the element.',
      }),
    );
  });
});
