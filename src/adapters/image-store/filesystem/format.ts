import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { ObjectLabels } from '../../../domain/storage/object-store.ts';

/**
 * The file of an object consists of its bytes, a line feed, its labels as JSON, and a footer. The footer
 * is the length of line feed and JSON in eight hexadecimal digits, and a mark.
 *
 * Bytes and labels share a file, because only a single file can be replaced atomically. The labels come
 * last, because programs that open images ignore what follows the image.
 */
const MARK = '\ncafe-labels-01\n';
const FOOTER = new RegExp(`^([0-9a-f]{8})${MARK}$`);
const FOOTER_BYTES = 8 + MARK.length;

/** The maximum length of a trailer. Reading this many bytes from the end is enough to find the labels. */
export const MAX_TRAILER_BYTES = 16_384;

/** The part of a file after the object's bytes. */
export interface Trailer {
  labels: ObjectLabels;
  /** Quoted. */
  etag: string;
  /** Size of the object, without the trailer. */
  size: number;
}

/** Content types of files without a trailer, which were copied into the folder manually. */
const TYPES_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
};

/** Creates an object's trailer, and the ETag in it. */
export function formatTrailer(
  bytes: Uint8Array,
  labels: ObjectLabels,
): { trailer: Buffer; etag: string } {
  const { contentType, cacheControl, metadata } = labels;
  const size = bytes.byteLength;
  const etag = etagFor(bytes);
  const json = Buffer.from(
    `\n${JSON.stringify({ size, etag, contentType, cacheControl, metadata })}`,
  );
  const footer = Buffer.from(json.byteLength.toString(16).padStart(8, '0') + MARK);
  const trailer = Buffer.concat([json, footer]);
  if (trailer.byteLength > MAX_TRAILER_BYTES) throw new Error('the labels are too long');
  return { trailer, etag };
}

/**
 * Parses the trailer at the end of a file.
 *
 * @param end the last {@link MAX_TRAILER_BYTES} of the file, or the whole file
 * @param fileBytes the size of the file
 * @returns `undefined` if the file has no trailer
 */
export function parseTrailer(end: Buffer, fileBytes: number): Trailer | undefined {
  const [, digits] = FOOTER.exec(end.subarray(-FOOTER_BYTES).toString('latin1')) ?? [];
  if (!digits) return undefined;
  const trailerBytes = Number.parseInt(digits, 16) + FOOTER_BYTES;
  if (trailerBytes > end.byteLength) return undefined;
  const json = end.subarray(end.byteLength - trailerBytes, end.byteLength - FOOTER_BYTES);
  return parseJson(json.toString(), fileBytes - trailerBytes);
}

function parseJson(json: string, size: number): Trailer | undefined {
  let stated: Partial<ObjectLabels & Pick<Trailer, 'etag' | 'size'>>;
  try {
    stated = JSON.parse(json) ?? {};
  } catch {
    return undefined;
  }
  const { contentType, cacheControl, metadata, etag } = stated;
  // A different size means that the trailer belongs to another file.
  if (stated.size !== size || !contentType || !etag) return undefined;
  const labels: ObjectLabels = { contentType };
  if (cacheControl !== undefined) labels.cacheControl = cacheControl;
  if (metadata !== undefined) labels.metadata = metadata;
  return { labels, etag, size };
}

/** A substitute for the trailer of a file that was copied into the folder manually. */
export function guessTrailer(key: string, { etag, size }: Pick<Trailer, 'etag' | 'size'>): Trailer {
  const contentType = TYPES_BY_EXTENSION[extname(key).toLowerCase()] ?? 'application/octet-stream';
  return { labels: { contentType }, etag, size };
}

/** The ETag of a file without a trailer. */
export async function etagOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of pieces) hash.update(piece);
  return `"${hash.digest('hex')}"`;
}

function etagFor(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
