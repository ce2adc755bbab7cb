import { gunzipSync } from 'node:zlib';

/** Size limit after decompression. */
const MAX_BYTES = 10_000_000;
/** A higher compression ratio is treated as a decompression bomb. */
const MAX_RATIO = 100;
/** Small files may exceed the ratio up to this size. */
const MIN_CAP = 100_000;
/** A `.xml.gz` sent with `Content-Encoding: gzip` is compressed twice. */
const MAX_PACKINGS = 2;
/** The XML declaration is searched in this many bytes. */
const DECLARATION_BYTES = 1000;

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Decompresses and decodes a document. The encoding comes from the byte order mark or the XML declaration.
 * Invalid bytes become U+FFFD.
 *
 * @throws Error for an unknown encoding, and if the text is too large
 */
export function textOf(bytes: Uint8Array): string {
  let unpacked: Buffer = Buffer.from(bytes);
  for (let packings = 0; packings < MAX_PACKINGS && isGzip(unpacked); packings += 1) {
    unpacked = unpack(unpacked);
  }
  const encoding = encodingOf(unpacked);
  try {
    return new TextDecoder(encoding).decode(unpacked);
  } catch (cause) {
    throw new Error(`the sitemap has the unknown encoding ${encoding}`, { cause });
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes.subarray(0, GZIP.length).equals(GZIP);
}

function unpack(bytes: Buffer): Buffer {
  const cap = Math.max(MIN_CAP, bytes.length * MAX_RATIO);
  return gunzipSync(bytes, { maxOutputLength: Math.min(MAX_BYTES, cap) });
}

function encodingOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  const declared = declaredEncoding(bytes.subarray(0, DECLARATION_BYTES).toString('latin1'));
  // If the declaration is readable as single bytes, the text is not UTF-16. .NET often declares it wrongly.
  return declared === undefined || /^(utf-16|utf-32|ucs)/i.test(declared) ? 'utf-8' : declared;
}

function declaredEncoding(head: string): string | undefined {
  const start = head.indexOf('<?xml');
  const end = head.indexOf('?>', start);
  if (start === -1 || end === -1) return undefined;
  const [, value = ''] = head.slice(start, end).split('encoding');
  const [, name] = value.split(value.includes('"') ? '"' : "'");
  return name?.trim() || undefined;
}
