import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { S3ImageStore } from '../../src/adapters/image-store/s3.ts';
import type { S3Service } from './real-services.ts';

/** As long as a busy machine may take. */
const PATIENT = { readTimeoutMs: 60_000, writeTimeoutMs: 60_000 };

/** A bucket of its own. */
export interface TestBucket {
  bucket: string;
  make(): Promise<void>;
  /** A store on the bucket, to be closed by whoever opens it. */
  open(): S3ImageStore;
  /** Empties and removes it. */
  remove(): Promise<void>;
}

/** Where and how a client finds the server. */
export function placeOf({ endpoint, accessKeyId, secretAccessKey }: S3Service) {
  return {
    region: 'us-east-1',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  };
}

export function bucketOf(service: S3Service, publicBaseUrl: string): TestBucket {
  const place = placeOf(service);
  const bucket = `cafe-test-${randomUUID()}`;
  const owner = new S3Client(place);
  const open = () =>
    new S3ImageStore({
      bucket,
      publicBaseUrl,
      scratchPrefix: 'records/scratch',
      ...PATIENT,
      ...place,
    });
  return {
    bucket,
    open,
    async make() {
      await owner.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    async remove() {
      const store = open();
      const keys = (await Array.fromAsync(store.list(''))).map(({ key }) => key);
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((key) => store.delete(key)));
      }
      await owner.send(new DeleteBucketCommand({ Bucket: bucket }));
      owner.destroy();
      await store.close();
    },
  };
}

/** A bucket for the tests of the group it is called in, gone after them. */
export function bucketOn(service: S3Service, publicBaseUrl: string) {
  const place = bucketOf(service, publicBaseUrl);
  beforeAll(() => place.make());
  afterAll(() => place.remove());
  return {
    bucket: place.bucket,
    /** Opens a store on the bucket, for one test. */
    openStore(): S3ImageStore {
      const store = place.open();
      onTestFinished(() => store.close());
      return store;
    },
  };
}
