import { onTestFinished } from 'vitest';
import { S3ImageStore } from '../../src/adapters/image-store/s3.ts';
import { openProxiedBucket, PICTURES } from './open-proxied-cafe.ts';
import { placeOf } from './radosgw-bucket.ts';
import type { S3Service } from './real-services.ts';
import { startS3 } from './s3-process.ts';
import { OWNER } from './s3-server-settings.ts';
import { oneOf } from './seeded-random.ts';

/** Where replicas under chaos keep their pictures. */
export interface ChaosPlace {
  endpoint: string;
  env: Record<string, string>;
  /** Past all that goes wrong. */
  store: S3ImageStore;
  /** Something goes wrong for a while with the store itself; absent where nothing can. */
  storm?: () => Promise<string>;
  /** From now on nothing goes wrong. */
  calm: () => Promise<void>;
}

/** A bucket of a real S3 server. What goes wrong with it are the ways there. */
export async function realPlace(service: S3Service): Promise<ChaosPlace> {
  const { store, env } = await openProxiedBucket(service);
  return { endpoint: service.endpoint, store, env, calm: async () => undefined };
}

const BUCKET = 'cafe-test';
/** Of the calls, in milliseconds by which they are late. */
const USUAL = { share: 0.03, maxLateMs: 20_000 };
/** Listings that are a little behind, and some that are much. */
const LAGS_MS = [100, 500, 2000, 20_000];
const MAX_STORM_MS = 5000;
/** So much a store's clock may be wrong beside replicas that are as wrong the other way. */
const MAX_CLOCK_OFFSET_MS = 15 * 60_000;

/**
 * The S3 stand-in in a process of its own: writes that are carried out late or twice or unheard, answers that get
 * stuck, listings that lag, a wrong clock.
 */
export async function standInPlace(random: () => number): Promise<ChaosPlace> {
  const s3 = await startS3(Math.floor(random() * 1e9));
  const clockOffsetMs = Math.round((2 * random() - 1) * MAX_CLOCK_OFFSET_MS);
  const usual = { listingLagMs: 0, clockOffsetMs, ...USUAL };
  await s3.set(usual);
  const owner = { endpoint: s3.url, accessKeyId: OWNER, secretAccessKey: 'secret' };
  const store = new S3ImageStore({
    bucket: BUCKET,
    publicBaseUrl: PICTURES,
    scratchPrefix: 'records/scratch',
    readTimeoutMs: 60_000,
    writeTimeoutMs: 60_000,
    ...placeOf(owner),
  });
  onTestFinished(() => store.close());
  const pause = () => new Promise((resolve) => setTimeout(resolve, random() * MAX_STORM_MS));
  return {
    endpoint: s3.url,
    env: { GENERATED_IMAGES_BUCKET: BUCKET, PUBLIC_IMAGE_BASE_URL: PICTURES },
    store,
    async storm() {
      // A replica that is started then buys nothing for a minute.
      const isLagging = random() < 0.3;
      const storm = isLagging ? { listingLagMs: oneOf(LAGS_MS, random) } : { share: 0.3 };
      await s3.set({ ...usual, ...storm });
      await pause();
      await s3.set(usual);
      return isLagging ? 'store: listings lag' : 'store: late, twice, stuck';
    },
    calm: async () => void (await s3.set({ ...usual, share: 0 })),
  };
}
