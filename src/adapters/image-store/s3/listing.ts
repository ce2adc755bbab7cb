import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isObjectKey } from '../../../domain/storage/object-key.ts';
import type { ListedObject } from '../../../domain/storage/object-store.ts';
import type { CallBounds } from './client.ts';

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

/** Decodes a key that the store encoded without request; `undefined` if it is malformed. */
function decoded(key: string | undefined): string | undefined {
  try {
    return key && decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
