import type { S3Client } from '@aws-sdk/client-s3';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type {
  ListedObject,
  ListOptions,
  ObjectHead,
  ObjectLabels,
  StoredObject,
  WriteCondition,
} from '../../domain/storage/object-store.ts';
import {
  assertObjectKey,
  assertObjectLabels,
  urlForKey,
} from '../../domain/storage/stored-objects.ts';
import { isMissing, within } from './s3/calls.ts';
import { type S3ClientOptions, s3ClientFor } from './s3/client.ts';
import { S3ConditionalDeletions } from './s3/conditional-deletions.ts';
import { S3FeatureTrial } from './s3/feature-trial.ts';
import { getObject, headObject, listedObjects, listPage } from './s3/read.ts';
import { lacksOf, S3Fitness, S3KnownFeatures } from './s3/store-features.ts';
import {
  copyObject,
  deleteObject,
  IF_ABSENT,
  presentCopy,
  presentLabels,
  putObject,
} from './s3/write.ts';

export interface S3ImageStoreOptions extends S3ClientOptions {
  bucket: string;
  /** The public URL of the objects, without a slash at its end. Default: the bucket's own URL. */
  publicBaseUrl?: string | undefined;
  /**
   * Prefix without a slash at its end. Below it, temporary objects are written and deleted to test which
   * conditional writes the store supports.
   */
  scratchPrefix: string;
  /** Timeout of a head, get, copy, delete or page of a listing, including retries. */
  readTimeoutMs?: number;
  /** Timeout of a put, including retries, and of the test of the store's features. */
  writeTimeoutMs?: number;
  /** Called once if the store lacks a feature. */
  notice?: Notice;
}

/**
 * Keeps objects in a bucket of Amazon S3 or of a compatible store.
 *
 * It sends no ACLs: the bucket policy decides who may read. For a missing bucket, `head` returns
 * `undefined`, because S3 only returns 404. All other calls fail with an error that names the bucket.
 */
export class S3ImageStore implements ImageStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #publicBaseUrl: string;
  readonly #readTimeoutMs: number;
  readonly #writeTimeoutMs: number;
  readonly #features: S3KnownFeatures;
  readonly #deletions: S3ConditionalDeletions;
  readonly #fitness: S3Fitness;

  constructor(options: S3ImageStoreOptions) {
    const { bucket, region, readTimeoutMs = 3000, writeTimeoutMs = 30_000 } = options;
    this.#client = s3ClientFor(options);
    this.#bucket = bucket;
    this.#publicBaseUrl = options.publicBaseUrl ?? `https://${bucket}.s3.${region}.amazonaws.com`;
    this.#readTimeoutMs = readTimeoutMs;
    this.#writeTimeoutMs = writeTimeoutMs;
    const { scratchPrefix, notice = () => {} } = options;
    const trial = { client: this.#client, bucket, scratchPrefix, timeoutMs: writeTimeoutMs };
    this.#features = new S3KnownFeatures({
      trial: new S3FeatureTrial({ ...trial, notice }),
      bucket,
      notice,
    });
    this.#deletions = new S3ConditionalDeletions({ ...trial, timeoutMs: readTimeoutMs });
    // The SDK measures the offset to sign with the store's clock.
    const offsetMs = () => this.#client.config.systemClockOffset;
    this.#fitness = new S3Fitness({ store: this, scratchPrefix, offsetMs, notice });
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    assertObjectKey(key);
    const place = { Bucket: this.#bucket, Key: key };
    return within(this.#readTimeoutMs, `HEAD ${key}`, (bounds) =>
      headObject(this.#client, place, bounds),
    );
  }

  async get(key: string): Promise<StoredObject | undefined> {
    assertObjectKey(key);
    const place = { Bucket: this.#bucket, Key: key };
    return within(this.#readTimeoutMs, `GET ${key}`, (bounds) =>
      getObject(this.#client, place, bounds),
    );
  }

  async put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined> {
    assertObjectKey(key);
    assertObjectLabels(labels);
    return within(this.#writeTimeoutMs, `PUT ${key}`, async (bounds) => {
      const input = { Bucket: this.#bucket, Key: key, Body: bytes, ...presentLabels(labels) };
      if (!condition) return putObject(this.#client, input, bounds);
      const supported = await this.#features.supportedForm(condition);
      if (!supported && !holds(condition, await this.head(key))) return undefined;
      return putObject(this.#client, input, bounds, supported);
    });
  }

  async copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    { ifAbsent = false }: { ifAbsent?: boolean } = {},
  ): Promise<'copied' | 'missing' | 'exists'> {
    assertObjectKey(from);
    assertObjectKey(to);
    assertObjectLabels(labels);
    if (!ifAbsent) {
      const canCopy = this.#features.known?.copies ?? true;
      return canCopy ? this.#copy(from, to, labels) : this.#readAndPut(from, to, labels);
    }
    const { copies, copiesIfAbsent, putsIfAbsent } = await this.#features.features();
    if (copiesIfAbsent) return this.#copy(from, to, labels, IF_ABSENT);
    if (putsIfAbsent || !copies) return this.#readAndPut(from, to, labels, { ifAbsent });
    return (await this.head(to)) ? 'exists' : this.#copy(from, to, labels);
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    const input = { Bucket: this.#bucket, Key: key };
    await within(this.#readTimeoutMs, `DELETE ${key}`, (bounds) =>
      deleteObject(this.#client, input, bounds),
    );
  }

  async deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed' | 'unsupported'> {
    assertObjectKey(key);
    return this.#deletions.delete(key, etag, await this.#features.features());
  }

  async *list(prefix: string, { after }: ListOptions = {}): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const place = token === undefined ? { after } : { token };
      const page = await within(this.#readTimeoutMs, `LIST ${prefix}`, (bounds) =>
        listPage(this.#client, { bucket: this.#bucket, prefix }, place, bounds),
      );
      yield* listedObjects(page, after);
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** Tests the store's features before the first conditional write needs them. Never throws. */
  async learnFeatures(): Promise<void> {
    // Ignore failures: the first write that needs the result tries again and reports the failure.
    await Promise.allSettled([this.#features.features(), this.#fitness.doubt()]);
  }

  doubt(): Promise<string | undefined> {
    this.#features.refresh();
    return this.#fitness.doubt();
  }

  lacks(): readonly string[] {
    const { known } = this.#features;
    return known ? lacksOf(known) : [];
  }

  urlFor(key: string): string {
    return urlForKey(this.#publicBaseUrl, key);
  }

  async close(): Promise<void> {
    await this.#features.ended();
    this.#client.destroy();
  }

  async #copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    condition?: typeof IF_ABSENT,
  ): Promise<'copied' | 'missing' | 'exists'> {
    const input = presentCopy(this.#bucket, from, to, labels);
    return within(this.#readTimeoutMs, `COPY ${from} to ${to}`, async (bounds) => {
      try {
        const etag = await copyObject(this.#client, input, bounds, condition);
        return etag === undefined ? 'exists' : 'copied';
      } catch (error) {
        if (isMissing(error)) return 'missing';
        throw error;
      }
    });
  }

  async #readAndPut(
    from: string,
    to: string,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<'copied' | 'missing' | 'exists'> {
    const source = await this.get(from);
    if (!source) return 'missing';
    return (await this.put(to, source.bytes, labels, condition)) ? 'copied' : 'exists';
  }
}

function holds(condition: WriteCondition, existing: ObjectHead | undefined): boolean {
  return 'ifAbsent' in condition ? !existing : existing?.etag === condition.ifMatch;
}
