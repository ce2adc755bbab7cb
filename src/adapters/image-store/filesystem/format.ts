import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { ObjectLabels } from '../../../domain/storage/object-store.ts';

/**
 * An object's file: its bytes; a line feed and its labels as JSON; a footer, which is the length of
 * line feed and JSON in eight hexadecimal digits and a mark. Bytes and labels are one file because
 * only one file can be replaced in one step, and the labels come last because programs that open
 * pictures stop reading at the picture's end.
 */
const MARK = '\ncafe-labels-01\n';
const FOOTER = new RegExp(`^([0-9a-f]{8})${MARK}$`);
const FOOTER_BYTES = 8 + MARK.length;

/** No trailer is longer than this; to know an object's labels, so much of the file's end will do. */
export const MAX_TRAILER_BYTES = 16_384;

/** What is behind an object's bytes in its file. */
export interface Trailer {
  labels: ObjectLabels;
  /** Quoted. */
  etag: string;
  /** Bytes of the object, without the trailer. */
  size: number;
}

/** The types of files that people drop in by hand. */
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

/** The trailer of an object as it is written, and the ETag that it states. */
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
  if (trailer.byteLength > MAX_TRAILER_BYTES) throw new Error('The labels are too long');
  return { trailer, etag };
}

/**
 * Reads the trailer at the end of a file of `fileBytes`, of which `end` is the last part, at least
 * {@link MAX_TRAILER_BYTES} or the whole. `undefined` where the file has none.
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
  // Where the sizes differ, this is the end of some other file.
  if (stated.size !== size || !contentType || !etag) return undefined;
  const labels: ObjectLabels = { contentType };
  if (cacheControl !== undefined) labels.cacheControl = cacheControl;
  if (metadata !== undefined) labels.metadata = metadata;
  return { labels, etag, size };
}

/** What stands in for the trailer of a file that somebody put there by hand. */
export function guessTrailer(key: string, { etag, size }: Pick<Trailer, 'etag' | 'size'>): Trailer {
  const contentType = TYPES_BY_EXTENSION[extname(key).toLowerCase()] ?? 'application/octet-stream';
  return { labels: { contentType }, etag, size };
}

/** Of the bytes of such a file. */
export async function etagOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of pieces) hash.update(piece);
  return `"${hash.digest('hex')}"`;
}

function etagFor(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
