import { inject, onTestFinished } from 'vitest';
import { S3ImageStore } from '../../src/adapters/image-store/s3.ts';
import { imageStoreContract } from '../contracts/image-store.contract.ts';
import { bucketOn, placeOf } from '../support/radosgw-bucket.ts';

const publicBaseUrl = 'https://pictures.example.org/cafe';
const radosgw = inject('radosgw')!;
const { bucket, openStore } = bucketOn(radosgw, publicBaseUrl);

function openWithWrongKey(): S3ImageStore {
  const place = placeOf({ ...radosgw, secretAccessKey: 'wrong' });
  const scratchPrefix = 'records/scratch';
  const store = new S3ImageStore({ ...place, bucket, publicBaseUrl, scratchPrefix });
  onTestFinished(() => store.close());
  return store;
}

imageStoreContract("S3ImageStore over Ceph's radosgw", async () => ({
  store: openStore(),
  publicBaseUrl,
  broken: openWithWrongKey(),
}));
