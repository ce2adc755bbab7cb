import { expect, onTestFinished, vi } from 'vitest';
import { S3ImageStore, type S3ImageStoreOptions } from '../../src/adapters/image-store/s3.ts';
import type { CafeError } from '../../src/domain/kernel/errors.ts';
import { S3StandIn, type S3StandInOptions } from './s3-stand-in.ts';
import { serveFetch } from './serve-fetch.ts';

export const AMAZON = {
  bucket: 'cafe-pictures',
  region: 'eu-west-3',
  credentials: { accessKeyId: 'key', secretAccessKey: 'top-secret' },
  scratchPrefix: 'records/scratch',
};
/** Milliseconds that a store over real connections has for its calls, if that is what is tested. */
export const SHORT = { readTimeoutMs: 400, writeTimeoutMs: 700 };
/** So much that no machine is too busy. */
const PATIENT = { readTimeoutMs: 60_000, writeTimeoutMs: 60_000 };

/** A store that closes with the test. */
export function openS3Store(options: Partial<S3ImageStoreOptions> = {}): S3ImageStore {
  const store = new S3ImageStore({ ...AMAZON, ...options } as S3ImageStoreOptions);
  onTestFinished(() => store.close());
  return store;
}

/** A store and its stand-in, with sockets between them. */
export async function connectS3Store({
  timeouts = PATIENT,
  ...settings
}: S3StandInOptions & { timeouts?: typeof PATIENT } = {}) {
  const standIn = new S3StandIn({ bucket: AMAZON.bucket, ...settings });
  // Not their signals: once a request is collected as garbage, its signal tells nothing any more.
  const requests: Request[] = [];
  const server = await serveFetch((request) => {
    requests.push(request);
    return standIn.handle(request);
  });
  onTestFinished(async () => {
    standIn.reset();
    await server.close();
  });
  const notice = vi.fn();
  const store = openS3Store({
    notice,
    endpoint: server.url,
    forcePathStyle: true,
    ...timeouts,
  });
  return { standIn, server, store, requests, notice };
}

/** What a call that must fail has failed with. */
export async function failureOf(call: Promise<unknown>): Promise<CafeError & { cause: Error }> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  expect(outcome).toMatchObject({ error: { code: 'storage_unavailable' } });
  return (outcome as { error: CafeError & { cause: Error } }).error;
}
