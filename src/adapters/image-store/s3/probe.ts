import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DAY_MS } from '../../../domain/kernel/day.ts';
import { type CallBounds, nameOf, statusOf } from './calls.ts';
import { type S3ClientOptions, s3ClientFor } from './client.ts';
import { S3FeatureTrial } from './feature-trial.ts';
import type { S3StoreFeatures } from './store-features.ts';

/** Why a call failed. */
export interface BucketRefusal {
  /** The HTTP status; `undefined` if there was no response. */
  status: number | undefined;
  /** S3's error code, such as `NoSuchBucket`, or the connection's, such as `ECONNREFUSED`. */
  code: string;
  /** The bucket's actual region, if the store reports it. */
  region: string | undefined;
}

export type BucketAnswer<T> = { value: T } | { refused: BucketRefusal };

/** A rule that expires objects by their age. */
export interface ExpiryRule {
  /** Empty for the whole bucket. */
  prefix: string;
  days: number;
}

/** Calls for the doctor's checks of a bucket. It returns failures instead of throwing them. */
export class S3BucketProbe {
  /** The bucket's own URL, without a CDN and without a slash at its end. */
  readonly ownUrl: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #timeoutMs: number;
  readonly #trial: S3FeatureTrial;

  constructor(
    options: S3ClientOptions & {
      bucket: string;
      scratchPrefix: string;
      /** Timeout of each call, including retries. */
      timeoutMs: number;
      /** Timeout of the trial of conditional writes. */
      trialTimeoutMs: number;
    },
  ) {
    const { bucket, scratchPrefix, timeoutMs, trialTimeoutMs } = options;
    const client = s3ClientFor(options);
    this.#client = client;
    this.#bucket = bucket;
    this.#timeoutMs = timeoutMs;
    this.ownUrl = ownUrlOf(bucket, options);
    this.#trial = new S3FeatureTrial({
      client,
      bucket,
      scratchPrefix,
      timeoutMs: trialTimeoutMs,
      notice: () => {},
    });
  }

  /** Tries to list a prefix. */
  list(prefix: string): Promise<BucketAnswer<undefined>> {
    const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, MaxKeys: 1 });
    return this.#attempt(async (bounds) => {
      await this.#client.send(command, bounds);
      return undefined;
    });
  }

  head(key: string): Promise<BucketAnswer<undefined>> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    return this.#attempt(async (bounds) => {
      await this.#client.send(command, bounds);
      return undefined;
    });
  }

  /** Such as `BucketOwnerEnforced`; `undefined` if the store does not report it. */
  ownership(): Promise<BucketAnswer<string | undefined>> {
    const command = new GetBucketOwnershipControlsCommand({ Bucket: this.#bucket });
    return this.#attempt(async (bounds) => {
      const { OwnershipControls } = await this.#client.send(command, bounds);
      return OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    });
  }

  /** The enabled rules that expire objects after a number of days. */
  expiryRules(): Promise<BucketAnswer<ExpiryRule[]>> {
    const command = new GetBucketLifecycleConfigurationCommand({ Bucket: this.#bucket });
    return this.#attempt(async (bounds) => {
      try {
        const { Rules = [] } = await this.#client.send(command, bounds);
        return Rules.flatMap(expiryOf);
      } catch (error) {
        if (nameOf(error) === 'NoSuchLifecycleConfiguration') return [];
        throw error;
      }
    });
  }

  /**
   * Writes a small object and returns the number of days until it expires, as the store reports it. This
   * needs no permission to read the lifecycle rules. `undefined` if the store reports no expiry.
   */
  expiryOfPut(key: string): Promise<BucketAnswer<number | undefined>> {
    const input = { Bucket: this.#bucket, Key: key, Body: 'doctor', ContentType: 'text/plain' };
    return this.#attempt(async (bounds) => {
      const { Expiration } = await this.#client.send(new PutObjectCommand(input), bounds);
      const [date = ''] = Expiration?.split('expiry-date="', 2)[1]?.split('"', 1) ?? [];
      // S3 rounds the date up to the next midnight.
      const days = Math.floor((Date.parse(date) - Date.now()) / DAY_MS);
      return Number.isNaN(days) ? undefined : days;
    });
  }

  /** The conditional writes that the store supports. */
  features(): Promise<BucketAnswer<S3StoreFeatures>> {
    return this.#attempt(() => this.#trial.run());
  }

  close(): void {
    this.#client.destroy();
  }

  async #attempt<T>(call: (bounds: CallBounds) => Promise<T>): Promise<BucketAnswer<T>> {
    const abortSignal = AbortSignal.timeout(this.#timeoutMs);
    try {
      return { value: await call({ abortSignal, requestTimeout: this.#timeoutMs }) };
    } catch (error) {
      return { refused: refusalOf(error) };
    }
  }
}

function ownUrlOf(bucket: string, { endpoint, region, forcePathStyle }: S3ClientOptions): string {
  if (!endpoint) return `https://${bucket}.s3.${region}.amazonaws.com`;
  if (forcePathStyle) return `${endpoint}/${bucket}`;
  return endpoint.replace('://', `://${bucket}.`);
}

function expiryOf({ Status, Expiration, Filter, Prefix }: LifecycleRule): ExpiryRule[] {
  const days = Expiration?.Days;
  // A rule with tags or sizes does not cover all images.
  const isNarrow = Filter?.Tag || Filter?.ObjectSizeGreaterThan || Filter?.ObjectSizeLessThan;
  if (Status !== 'Enabled' || days === undefined || isNarrow || Filter?.And?.Tags) return [];
  return [{ prefix: Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '', days }];
}

interface SdkAnswer {
  code?: string;
  Region?: string;
  $response?: { headers?: Record<string, string> };
}

function refusalOf(error: unknown): BucketRefusal {
  // Errors of the trial are wrapped, with the store's own error as the innermost cause.
  let innermost: unknown = error;
  for (let at = error; at instanceof Error; at = at.cause) {
    innermost = at;
    if (statusOf(at) !== undefined) break;
  }
  const { code, Region, $response } = (innermost ?? {}) as SdkAnswer;
  const status = statusOf(innermost);
  return {
    status,
    code: (status === undefined ? code : undefined) ?? nameOf(innermost) ?? 'unknown',
    region: $response?.headers?.['x-amz-bucket-region'] ?? Region,
  };
}
