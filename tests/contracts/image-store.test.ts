import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { LimitedImageStore } from '../../src/adapters/image-store/limited.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { ObservedImageStore } from '../../src/adapters/image-store/observed.ts';
import { S3ImageStore, type S3ImageStoreOptions } from '../../src/adapters/image-store/s3.ts';
import { FAT_CALLS } from '../support/file-system-calls.ts';
import { S3StandIn } from '../support/s3-stand-in.ts';
import { imageStoreContract } from './image-store.contract.ts';

const publicBaseUrl = 'https://pictures.example.org/cafe';

imageStoreContract('MemoryImageStore', async () => ({
  store: new MemoryImageStore({ publicBaseUrl }),
  publicBaseUrl,
}));

imageStoreContract('ObservedImageStore', async () => {
  const watch = { succeeded: () => {}, failed: () => {} };
  const store = new MemoryImageStore({ publicBaseUrl });
  return { store: new ObservedImageStore(store, watch), publicBaseUrl };
});

imageStoreContract('LimitedImageStore', async () => {
  const store = new MemoryImageStore({ publicBaseUrl });
  return { store: new LimitedImageStore(store, { maxCalls: 1, maxWaitMs: 60_000 }), publicBaseUrl };
});

imageStoreContract('FilesystemImageStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a-file'), 'no folder');
  return {
    store: new FilesystemImageStore({ root: join(folder, 'not', 'there', 'yet'), publicBaseUrl }),
    publicBaseUrl,
    broken: new FilesystemImageStore({ root: join(folder, 'a-file'), publicBaseUrl }),
  };
});

imageStoreContract('FilesystemImageStore without hard links and flushes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a-file'), 'no folder');
  const calls = FAT_CALLS;
  return {
    store: new FilesystemImageStore({ root: join(folder, 'not', 'there'), publicBaseUrl, calls }),
    publicBaseUrl,
    broken: new FilesystemImageStore({ root: join(folder, 'a-file'), publicBaseUrl, calls }),
  };
});

function openS3(options: Omit<S3ImageStoreOptions, 'scratchPrefix'>): S3ImageStore {
  const store = new S3ImageStore({ ...options, scratchPrefix: 'records/scratch' });
  onTestFinished(() => store.close());
  return store;
}

describe('over the AWS SDK and a stand-in', () => {
  const region = 'eu-west-3';
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const standIn = new S3StandIn({ bucket: 'cafe-pictures' });
  const network = setupServer(
    http.all(`https://cafe-broken.s3.${region}.amazonaws.com/*`, () =>
      HttpResponse.text('down', { status: 503 }),
    ),
    http.all('https://*.amazonaws.com/*', ({ request }) => standIn.handle(request)),
  );
  beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
  afterAll(() => network.close());

  imageStoreContract('S3ImageStore', async () => ({
    store: openS3({ bucket: 'cafe-pictures', region, credentials }),
    publicBaseUrl: `https://cafe-pictures.s3.${region}.amazonaws.com`,
    broken: openS3({ bucket: 'cafe-broken', region, credentials }),
  }));
});
