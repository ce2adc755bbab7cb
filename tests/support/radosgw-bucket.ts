import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { S3ImageStore } from '../../src/adapters/image-store/s3.ts';
import type { S3Service } from './real-services.ts';

/**
 * A bucket for the tests of the group it is called in, gone after them.
 *
 * @returns opens a store on the bucket, for one test
 */
export function bucketOn(service: S3Service, publicBaseUrl: string): () => S3ImageStore {
  const { endpoint, accessKeyId, secretAccessKey } = service;
  const place = {
    region: 'us-east-1',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  };
  const bucket = `cafe-test-${randomUUID()}`;
  const owner = new S3Client(place);
  beforeAll(() => owner.send(new CreateBucketCommand({ Bucket: bucket })));
  afterAll(async () => {
    const store = new S3ImageStore({ bucket, publicBaseUrl, ...place });
    for await (const { key } of store.list('')) await store.delete(key);
    await owner.send(new DeleteBucketCommand({ Bucket: bucket }));
    owner.destroy();
    await store.close();
  });
  return () => {
    const store = new S3ImageStore({ bucket, publicBaseUrl, ...place });
    onTestFinished(() => store.close());
    return store;
  };
}
