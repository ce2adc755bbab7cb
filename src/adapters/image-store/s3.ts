import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assertObjectKey, isObjectKey, urlForKey } from '../../domain/object-key.ts';
import { assertObjectLabels } from '../../domain/object-labels.ts';
import type { ImageStore } from '../../domain/ports/image-store.ts';
import type {
  ListedObject,
  ListOptions,
  ObjectHead,
  ObjectLabels,
  StoredObject,
} from '../../domain/ports/object-store.ts';
import { collectBody, parseHead, presentLabels } from './s3-answers.ts';
import {
  type CallBounds,
  MOST_ATTEMPTS,
  type S3ClientOptions,
  s3ClientFor,
  within,
} from './s3-client.ts';
import { nameOf, statusOf } from './s3-failures.ts';
import { putIfAbsent } from './s3-put-if-absent.ts';

export interface S3ImageStoreOptions extends S3ClientOptions {
  bucket: string;
  /** Where readers load objects from, without a slash at the end; default the bucket's own origin. */
  publicBaseUrl?: string | undefined;
  /** Milliseconds for a whole head, get, copy, delete or page of a listing, retries included. */
  readTimeoutMs?: number;
  /** Milliseconds for a whole put, retries included. */
  writeTimeoutMs?: number;
  /** Hears, once, of what the store turns out not to be able to do. */
  notice?: (message: string, details: Record<string, unknown>) => void;
}

/**
 * Keeps objects in a bucket of Amazon S3, or of a store that speaks its language. The one owner of
 * the bucket's configuration and of the SDK's client.
 *
 * It sends no ACL: the bucket's policy alone decides who may read. A missing bucket looks to `head`
 * like a missing object, because S3 says no more; every other call fails and names it.
 */
export class S3ImageStore implements ImageStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #publicBaseUrl: string;
  readonly #readTimeoutMs: number;
  readonly #writeTimeoutMs: number;
  readonly #notice: (message: string, details: Record<string, unknown>) => void;
  #knowsConditionalPuts = true;

  constructor(options: S3ImageStoreOptions) {
    const { bucket, region, readTimeoutMs = 3000, writeTimeoutMs = 30_000 } = options;
    this.#client = s3ClientFor(options);
    this.#bucket = bucket;
    this.#publicBaseUrl = options.publicBaseUrl ?? `https://${bucket}.s3.${region}.amazonaws.com`;
    this.#readTimeoutMs = readTimeoutMs;
    this.#writeTimeoutMs = writeTimeoutMs;
    this.#notice = options.notice ?? (() => {});
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    assertObjectKey(key);
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    return within(this.#readTimeoutMs, `HEAD ${key}`, async (bounds) => {
      try {
        const answer = await this.#client.send(command, bounds);
        return parseHead(key, answer, answer.ContentLength);
      } catch (error) {
        // The answer has no body that would name the error.
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  async get(key: string): Promise<StoredObject | undefined> {
    assertObjectKey(key);
    return within(this.#readTimeoutMs, `GET ${key}`, async (bounds) => {
      for (let attempt = 1; ; attempt++) {
        const answer = await this.#startGet(key, bounds);
        if (!answer) return undefined;
        try {
          const bytes = await collectBody(answer, bounds.abortSignal);
          return { ...parseHead(key, answer, bytes.byteLength), bytes };
        } catch (error) {
          // The SDK's own retries end where the body begins.
          if (attempt === MOST_ATTEMPTS || bounds.abortSignal.aborted) throw error;
        }
      }
    });
  }

  async put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    { ifAbsent = false }: { ifAbsent?: boolean } = {},
  ): Promise<'stored' | 'exists'> {
    assertObjectKey(key);
    assertObjectLabels(labels);
    const input = { Bucket: this.#bucket, Key: key, Body: bytes, ...presentLabels(labels) };
    return within(this.#writeTimeoutMs, `PUT ${key}`, async (bounds) => {
      if (ifAbsent && this.#knowsConditionalPuts) {
        const answer = await putIfAbsent(this.#client, input, bounds);
        if (answer !== 'unsupported') return answer;
        this.#forgoConditionalPuts();
      }
      await this.#client.send(new PutObjectCommand(input), bounds);
      return 'stored';
    });
  }

  async copy(from: string, to: string, labels: ObjectLabels): Promise<boolean> {
    assertObjectKey(from);
    assertObjectKey(to);
    assertObjectLabels(labels);
    const command = new CopyObjectCommand({
      Bucket: this.#bucket,
      Key: to,
      CopySource: urlForKey(this.#bucket, from),
      // Otherwise the labels of the source would be copied too.
      MetadataDirective: 'REPLACE',
      ...presentLabels(labels),
    });
    return within(this.#readTimeoutMs, `COPY ${from} to ${to}`, async (bounds) => {
      try {
        const answer = await this.#client.send(command, bounds);
        // S3 begins to answer before it has copied: a status of 200 alone proves nothing.
        if (!answer.CopyObjectResult?.ETag) throw new Error('The answer names no copy');
        return true;
      } catch (error) {
        if (nameOf(error) === 'NoSuchKey') return false;
        throw error;
      }
    });
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key });
    await within(this.#readTimeoutMs, `DELETE ${key}`, async (bounds) => {
      try {
        await this.#client.send(command, bounds);
      } catch (error) {
        if (nameOf(error) !== 'NoSuchKey') throw error;
      }
    });
  }

  async *list(prefix: string, { after }: ListOptions = {}): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.#listPage(prefix, token === undefined ? { after } : { token });
      for (const { Key: key, Size: size = 0 } of page.Contents ?? []) {
        // Consoles leave markers such as `folder/`, which are no keys.
        if (key !== undefined && isObjectKey(key)) yield { key, size };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  urlFor(key: string): string {
    return urlForKey(this.#publicBaseUrl, key);
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #startGet(key: string, bounds: CallBounds): Promise<GetObjectCommandOutput | undefined> {
    try {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      return await this.#client.send(command, bounds);
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  #forgoConditionalPuts(): void {
    if (!this.#knowsConditionalPuts) return;
    this.#knowsConditionalPuts = false;
    this.#notice('The store knows no conditional puts: replicas may overwrite each other', {
      bucket: this.#bucket,
    });
  }

  async #listPage(
    prefix: string,
    { after, token }: { after?: string | undefined; token?: string },
  ): Promise<ListObjectsV2CommandOutput> {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: prefix,
      StartAfter: after,
      ContinuationToken: token,
    });
    return within(this.#readTimeoutMs, `LIST ${prefix}`, async (bounds) => {
      const page = await this.#client.send(command, bounds);
      // Things are counted by it, so nothing but a listing is taken for one, and no part for all.
      if (page.IsTruncated === undefined) throw new Error('The answer is no listing');
      const next = page.NextContinuationToken;
      if (page.IsTruncated && (!next || next === token)) {
        throw new Error('The listing does not go on');
      }
      return page;
    });
  }
}
