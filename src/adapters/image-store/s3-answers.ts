import { addAbortSignal, type Readable } from 'node:stream';
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectHead, ObjectLabels } from '../../domain/ports/object-store.ts';
import { PUT_ID } from './s3-put-if-absent.ts';

/** Labels as the SDK's commands take them. */
export function presentLabels({ contentType, cacheControl, metadata }: ObjectLabels) {
  return {
    ContentType: contentType,
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    Metadata: { ...metadata },
  };
}

/** @param size bytes of the object */
export function parseHead(
  key: string,
  answer: HeadObjectCommandOutput | GetObjectCommandOutput,
  size: number | undefined,
): ObjectHead {
  const { ETag: etag, ContentType: contentType, CacheControl: cacheControl } = answer;
  if (!etag || size === undefined) throw new Error('The answer describes no object');
  const { [PUT_ID]: _, ...metadata } = answer.Metadata ?? {};
  return {
    key,
    size,
    etag,
    contentType: contentType ?? 'application/octet-stream',
    ...(cacheControl === undefined ? {} : { cacheControl }),
    metadata,
  };
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
