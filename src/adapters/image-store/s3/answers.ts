import { addAbortSignal, type Readable } from 'node:stream';
import type {
  CopyObjectCommandOutput,
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { urlForKey } from '../../../domain/storage/object-key.ts';
import type { ObjectHead, ObjectLabels } from '../../../domain/storage/object-store.ts';

/** Metadata by which a write recognises its own object. Nobody outside the adapter gets to see it. */
export const PUT_ID = 'cafe-put-id';

/** Labels as the SDK's commands take them. */
export function presentLabels({ contentType, cacheControl, metadata }: ObjectLabels) {
  return {
    ContentType: contentType,
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    Metadata: { ...metadata },
  };
}

/** A copy as the SDK's command takes it. */
export function presentCopy(bucket: string, from: string, to: string, labels: ObjectLabels) {
  return {
    Bucket: bucket,
    Key: to,
    CopySource: urlForKey(bucket, from),
    // Otherwise the labels of the source would be copied too.
    MetadataDirective: 'REPLACE' as const,
    ...presentLabels(labels),
  };
}

/** @param size bytes of the object */
export function parseHead(
  key: string,
  answer: HeadObjectCommandOutput | GetObjectCommandOutput,
  size: number | undefined,
): ObjectHead {
  const { ContentType: contentType, CacheControl: cacheControl } = answer;
  if (size === undefined) throw new Error('The answer describes no object');
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

/** The ETag of an answer, quoted. Some stores leave the quotes out; some proxies make it a weak one. */
export function etagOf({ ETag: etag }: { ETag?: string | undefined }): string {
  if (!etag) throw new Error('The answer describes no object');
  const strong = etag.startsWith('W/') ? etag.slice(2) : etag;
  return strong.includes('"') ? strong : `"${strong}"`;
}

/** The ETag of a copy. S3 begins to answer before it has copied: a status of 200 alone proves nothing. */
export function etagOfCopy({ CopyObjectResult: copy }: CopyObjectCommandOutput): string {
  if (!copy?.ETag) throw new Error('The answer names no copy');
  return etagOf(copy);
}

/** The whole body, or an error where the connection or the time ended before it did. */
export async function collectBody(
  { Body: body, ContentLength: length }: GetObjectCommandOutput,
  abortSignal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of addAbortSignal(abortSignal, body as Readable)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (length !== undefined && bytes.byteLength !== length) throw new Error('The body is cut short');
  return bytes;
}
