import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { isObjectKey } from '../../../domain/storage/object-key.ts';
import type { ListedObject } from '../../../domain/storage/object-store.ts';

/** Whether an answer is a listing. Not every store says of a whole one that it is not truncated. */
export function isListing({ IsTruncated, Name }: ListObjectsV2CommandOutput): boolean {
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
