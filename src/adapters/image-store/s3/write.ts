import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  type CopyObjectCommandOutput,
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectLabels } from '../../../domain/storage/object-store.ts';
import { urlForKey } from '../../../domain/storage/stored-objects.ts';
import {
  type CallBounds,
  isConditionFailure,
  isMissing,
  isThrottled,
  retryAfterOf,
  statusOf,
  wasRetried,
} from './calls.ts';

export const IF_ABSENT = { IfNoneMatch: '*' } as const;
/** A condition as a parameter of the SDK, with the ETag in the store's form. */
export type Condition = typeof IF_ABSENT | { IfMatch: string };

const MAX_CONFLICTS = 3;
/** Cloudflare R2 and Google accept one write of a key per second. The SDK retries too soon for that. */
const THROTTLED_MS = 1000;
const JITTER_MS = 250;
const MAX_THROTTLED_MS = 10_000;
/** Limits the wait for a store that throttles everything. */
const MAX_PAUSES = 5;

/** The name of the metadata that identifies the write of an object. Only this adapter uses it. */
export const PUT_ID = 'cafe-put-id';

/** Converts labels to the SDK's parameters. */
export function presentLabels({ contentType, cacheControl, metadata }: ObjectLabels) {
  return {
    ContentType: contentType,
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    Metadata: { ...metadata },
  };
}

/** The SDK's parameters of a copy. */
export function presentCopy(bucket: string, from: string, to: string, labels: ObjectLabels) {
  return {
    Bucket: bucket,
    Key: to,
    CopySource: urlForKey(bucket, from),
    // Without this, S3 copies the labels of the source.
    MetadataDirective: 'REPLACE' as const,
    ...presentLabels(labels),
  };
}

/** @returns the ETag; `undefined` if the condition does not hold */
export async function putObject(
  client: S3Client,
  input: PutObjectCommandInput,
  bounds: CallBounds,
  condition?: Condition,
): Promise<string | undefined> {
  const send = async (sent: PutObjectCommandInput) =>
    etagOf(await client.send(new PutObjectCommand(sent), bounds));
  if (!condition) return despiteThrottling(bounds, () => send(input));
  try {
    return await sendUnder(condition, client, input, send, bounds);
  } catch (error) {
    // Amazon returns 404 if there is no object that could match.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @returns the copy's ETag; `undefined` if the condition does not hold */
export async function copyObject(
  client: S3Client,
  input: CopyObjectCommandInput,
  bounds: CallBounds,
  condition?: typeof IF_ABSENT,
): Promise<string | undefined> {
  const send = async (sent: CopyObjectCommandInput) =>
    etagOfCopy(await client.send(new CopyObjectCommand(sent), bounds));
  if (condition) return sendUnder(condition, client, input, send, bounds);
  return despiteThrottling(bounds, () => send(input));
}

/** Deletes an object. Succeeds if it does not exist. */
export async function deleteObject(
  client: S3Client,
  input: DeleteObjectCommandInput,
  bounds: CallBounds,
): Promise<void> {
  try {
    await despiteThrottling(bounds, () => client.send(new DeleteObjectCommand(input), bounds));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Deletes an object if it has this ETag.
 *
 * @param etag in the store's form
 * @returns `false` if the object is missing, has another ETag, or is being written
 */
export async function deleteMatchingObject(
  client: S3Client,
  input: DeleteObjectCommandInput,
  etag: string,
  bounds: CallBounds,
): Promise<boolean> {
  const command = new DeleteObjectCommand({ ...input, IfMatch: etag });
  try {
    await despiteThrottling(bounds, () => client.send(command, bounds));
    return true;
  } catch (error) {
    if (isConditionFailure(error) || isMissing(error) || statusOf(error) === 409) return false;
    throw error;
  }
}

type Write = Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'Metadata'>;

/** Sends a conditional write. Retries if it conflicts with another write of the same key. */
async function sendUnder<T extends Write>(
  condition: Condition,
  client: S3Client,
  input: T,
  send: (input: T) => Promise<string>,
  bounds: CallBounds,
): Promise<string | undefined> {
  const id = randomUUID();
  const sent = { ...input, ...condition, Metadata: { ...input.Metadata, [PUT_ID]: id } };
  let retried = false;
  const attempt = async () => {
    try {
      return await send(sent);
    } catch (error) {
      retried ||= wasRetried(error);
      throw error;
    }
  };
  for (let conflicts = 0; ; conflicts++) {
    try {
      return await despiteThrottling(bounds, attempt);
    } catch (error) {
      if (isConditionFailure(error)) {
        // An earlier attempt may have succeeded although its response was lost.
        return retried ? await etagOfWrite(id, client, input, bounds) : undefined;
      }
      if (statusOf(error) !== 409 || conflicts === MAX_CONFLICTS) throw error;
    }
    const pauseMs = randomInt(20, 120) * (conflicts + 1);
    await sleep(pauseMs, undefined, { signal: bounds.abortSignal });
  }
}

/** The ETag of the object if the write with this ID created it. */
async function etagOfWrite(
  id: string,
  client: S3Client,
  { Bucket, Key }: Write,
  bounds: CallBounds,
): Promise<string | undefined> {
  try {
    const answer = await client.send(new HeadObjectCommand({ Bucket, Key }), bounds);
    return answer.Metadata?.[PUT_ID] === id ? etagOf(answer) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The quoted ETag. Some stores omit the quotes, and some proxies make the ETag weak. */
export function etagOf({ ETag: etag }: { ETag?: string | undefined }): string {
  if (!etag) throw new Error('the response has no ETag');
  const strong = etag.startsWith('W/') ? etag.slice(2) : etag;
  return strong.includes('"') ? strong : `"${strong}"`;
}

/** The ETag of a copy. S3 sends status 200 before it has copied, so only the ETag proves success. */
export function etagOfCopy({ CopyObjectResult: copy }: CopyObjectCommandOutput): string {
  if (!copy?.ETag) throw new Error('the response confirms no copy');
  return etagOf(copy);
}

/** Retries a throttled write, at most five times and within `bounds`. */
async function despiteThrottling<T>(bounds: CallBounds, write: () => Promise<T>): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await write();
    } catch (error) {
      const isOver = pauses === MAX_PAUSES || bounds.abortSignal.aborted;
      if (isOver || !isThrottled(error)) throw error;
      const pauseMs = Math.min(retryAfterOf(error) ?? THROTTLED_MS, MAX_THROTTLED_MS);
      await sleep(pauseMs + randomInt(JITTER_MS), undefined, { signal: bounds.abortSignal });
    }
  }
}
