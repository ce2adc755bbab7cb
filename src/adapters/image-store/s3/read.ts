import { addAbortSignal, type Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type {
  ListedObject,
  ObjectHead,
  StoredObject,
} from '../../../domain/storage/object-store.ts';
import { isObjectKey } from '../../../domain/storage/stored-objects.ts';
import { type CallBounds, isMissing, statusOf } from './calls.ts';
import { MAX_ATTEMPTS } from './client.ts';
import { etagOf, PUT_ID } from './write.ts';

interface ObjectPlace {
  Bucket: string;
  Key: string;
}

export async function headObject(
  client: S3Client,
  place: ObjectPlace,
  bounds: CallBounds,
): Promise<ObjectHead | undefined> {
  try {
    const answer = await client.send(new HeadObjectCommand(place), bounds);
    return parseHead(place.Key, answer, answer.ContentLength);
  } catch (error) {
    // A response to HEAD has no body with the error's name.
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

export async function getObject(
  client: S3Client,
  place: ObjectPlace,
  bounds: CallBounds,
): Promise<StoredObject | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await startGet(client, place, bounds);
    if (!answer) return undefined;
    try {
      const bytes = await collectBody(answer, bounds.abortSignal);
      return { ...parseHead(place.Key, answer, bytes.byteLength), bytes };
    } catch (error) {
      // The SDK does not retry once the body has started.
      if (attempt === MAX_ATTEMPTS || bounds.abortSignal.aborted) throw error;
    }
  }
}

async function startGet(
  client: S3Client,
  place: ObjectPlace,
  bounds: CallBounds,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await client.send(new GetObjectCommand(place), bounds);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @param size bytes of the object */
function parseHead(
  key: string,
  answer: HeadObjectCommandOutput | GetObjectCommandOutput,
  size: number | undefined,
): ObjectHead {
  const { ContentType: contentType, CacheControl: cacheControl } = answer;
  if (size === undefined) throw new Error('the response describes no object');
  const { [PUT_ID]: _, ...metadata } = answer.Metadata ?? {};
  return {
    key,
    size,
    etag: etagOf(answer),
    contentType: contentType ?? 'application/octet-stream',
    ...(cacheControl === undefined ? {} : { cacheControl }),
    metadata,
    life: lifeIn(answer),
  };
}

function lifeIn({ LastModified: modified, Expiration: expiration }: HeadObjectCommandOutput) {
  const modifiedAt = modified?.getTime() ?? Number.NaN;
  const [, date = ''] = /expiry-date="([^"]+)"/.exec(expiration ?? '') ?? [];
  const expiresAt = Date.parse(date);
  return {
    ...(Number.isFinite(modifiedAt) ? { modifiedAt } : {}),
    ...(Number.isFinite(expiresAt) ? { expiresAt } : {}),
  };
}

/** @throws Error if the connection ends, or the time is up, before the body is complete */
async function collectBody(
  { Body: body, ContentLength: length }: GetObjectCommandOutput,
  abortSignal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of addAbortSignal(abortSignal, body as Readable)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (length !== undefined && bytes.byteLength !== length)
    throw new Error('the body is incomplete');
  return bytes;
}

/** The start of a page of a listing. */
export interface ListingPlace {
  after?: string | undefined;
  /** From the previous page. */
  token?: string;
}

export async function listPage(
  client: S3Client,
  { bucket, prefix }: { bucket: string; prefix: string },
  { after, token }: ListingPlace,
  bounds: CallBounds,
): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    StartAfter: after,
    ContinuationToken: token,
  });
  const page = await client.send(command, bounds);
  // The budget depends on complete listings, so reject anything else.
  if (!isListing(page)) throw new Error('the response is not a listing');
  const next = page.NextContinuationToken;
  if (page.IsTruncated && (!next || next === token)) {
    throw new Error('the listing is truncated without a continuation token');
  }
  return page;
}

/** Whether a response is a listing. Some stores omit `IsTruncated` in a complete one. */
function isListing({ IsTruncated, Name }: ListObjectsV2CommandOutput): boolean {
  return IsTruncated !== undefined || Name !== undefined;
}

/** The objects of a page after the key `after`. Some stores ignore the parameter `start-after`. */
export function* listedObjects(
  { Contents = [], EncodingType }: ListObjectsV2CommandOutput,
  after: string | undefined,
): Generator<ListedObject> {
  const start = after === undefined ? undefined : Buffer.from(after);
  for (const { Key, Size: size = 0 } of Contents) {
    const key = EncodingType === 'url' ? decoded(Key) : Key;
    // Web consoles create marker objects such as `folder/`, which are not valid keys.
    if (key === undefined || !isObjectKey(key)) continue;
    if (!start || Buffer.compare(Buffer.from(key), start) > 0) yield { key, size };
  }
}

/**
 * Decodes a key that the store encoded although this was not requested; `undefined` if it is
 * malformed.
 */
function decoded(key: string | undefined): string | undefined {
  try {
    return key && decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
