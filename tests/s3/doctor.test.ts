import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { findingsOf, openPatient } from '../support/doctors-patient.ts';
import { bucketOf } from '../support/radosgw-bucket.ts';
import type { S3Service } from '../support/real-services.ts';

const radosgw = inject('radosgw')!;

/** A document of infra/bucket for a bucket. */
function documentFor(bucket: string, name: string, prefix = 'generated/v2') {
  const file = path.join(import.meta.dirname, '../../infra/bucket', name);
  const places: Record<string, string> = { bucket, prefix };
  return readFileSync(file, 'utf8').replaceAll(/\$\{(\w+)\}/g, (_, place) => places[place] ?? '');
}

/** A bucket of its own as infra/ makes it, gone with the test, and its part of an environment. */
async function openBucket(service: S3Service) {
  const { endpoint, accessKeyId, secretAccessKey } = service;
  const { bucket, make, remove } = bucketOf(service, endpoint);
  const owner = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  await make();
  onTestFinished(async () => {
    owner.destroy();
    await remove();
  });
  const letRead = async (prefix: string) => {
    const Policy = documentFor(bucket, 'public-read-policy.json', prefix);
    await owner.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  };
  await letRead('generated/v2');
  const LifecycleConfiguration = JSON.parse(documentFor(bucket, 'lifecycle.json'));
  await owner.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration }),
  );
  const env = {
    GENERATED_IMAGES_BUCKET: bucket,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
    PUBLIC_IMAGE_BASE_URL: `${endpoint}/${bucket}`,
    S3_READ_TIMEOUT_MS: '60000',
    S3_WRITE_TIMEOUT_MS: '60000',
  };
  return { env, letRead };
}

describe('the doctor at a real S3 server', () => {
  it('finds all in order in a bucket as infra/ makes it, but what the store does not tell', async () => {
    const bucket = await openBucket(radosgw);
    const { env, site, service } = await openPatient({
      env: bucket.env,
      policy: () => `img-src ${radosgw.endpoint}`,
    });
    const { ok, findings } = await findingsOf(env, { site, service });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      {
        check: 'ownership',
        status: 'skipped',
        message: expect.stringMatching(/could not be checked/),
        remedy: null,
      },
    ]);
    expect(ok).toBe(true);
  });

  it.each([
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'nope' }, 'AWS_SECRET_ACCESS_KEY does not'],
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'nope' }, 'does not know AWS_ACCESS_KEY_ID'],
    [
      'no such bucket',
      { GENERATED_IMAGES_BUCKET: 'nonesuch' },
      'The bucket nonesuch does not exist',
    ],
  ])('names %s', async (_, wrong, words) => {
    const bucket = await openBucket(radosgw);
    const { env } = await openPatient({ env: { ...bucket.env, ...wrong } });
    const { findings } = await findingsOf(env);
    expect(findings.filter(({ status }) => status === 'failure')).toEqual([
      expect.objectContaining({ check: 'bucket', message: expect.stringContaining(words) }),
    ]);
  });

  it.each([
    ['pictures that nobody can load', 'elsewhere', ['public-pictures']],
    ['records that everybody can load', 'records', ['public-pictures', 'private-records']],
  ])('names %s', async (_, prefix, checks) => {
    const bucket = await openBucket(radosgw);
    await bucket.letRead(prefix);
    const { env } = await openPatient({ env: bucket.env });
    const { findings } = await findingsOf(env);
    const failures = findings.filter(({ status }) => status === 'failure');
    expect(failures.map(({ check }) => check)).toEqual(checks);
  });
});
