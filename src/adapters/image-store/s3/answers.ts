import { addAbortSignal, type Readable } from 'node:stream';
import type {
  CopyObjectCommandOutput,
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { urlForKey } from '../../../domain/storage/object-key.ts';
import type { ObjectHead, ObjectLabels } from '../../../domain/storage/object-store.ts';

/** Metadata by which a write recognizes its own object. Not visible outside the adapter. */
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

/** @param size bytes of the object */
export function parseHead(
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

/** @throws Error if the connection ends, or the time is up, before the body is complete */
export async function collectBody(
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
