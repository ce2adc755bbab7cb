import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isObjectKey } from '../../../domain/storage/object-key.ts';
import type { ListedObject } from '../../../domain/storage/object-store.ts';
import type { CallBounds } from './client.ts';

/** Where a page of a listing begins. */
export interface ListingPlace {
  after?: string | undefined;
  /** From the page before. */
  token?: string;
}

/** One page of a listing. */
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
  // Things are counted by it, so nothing but a listing is taken for one, and no part for all.
  if (!isListing(page)) throw new Error('The answer is no listing');
  const next = page.NextContinuationToken;
  if (page.IsTruncated && (!next || next === token)) {
    throw new Error('The listing does not go on');
  }
  return page;
}

/** Whether an answer is a listing. Not every store says of a whole one that it is not truncated. */
function isListing({ IsTruncated, Name }: ListObjectsV2CommandOutput): boolean {
  return IsTruncated !== undefined || Name !== undefined;
}

/** The objects of a page behind `after`, which not every store knows as `start-after`. */
export function* listedObjects(
  { Contents = [], EncodingType }: ListObjectsV2CommandOutput,
  after: string | undefined,
): Generator<ListedObject> {
  const start = after === undefined ? undefined : Buffer.from(after);
  for (const { Key, Size: size = 0 } of Contents) {
    const key = EncodingType === 'url' ? decoded(Key) : Key;
    // Consoles leave markers such as `folder/`, which are no keys.
    if (key === undefined || !isObjectKey(key)) continue;
    if (!start || Buffer.compare(Buffer.from(key), start) > 0) yield { key, size };
  }
}

/** A key that the store encoded without being asked to; a broken one names no object. */
function decoded(key: string | undefined): string | undefined {
  try {
    return key && decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
