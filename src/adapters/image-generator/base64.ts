/**
 * Decodes base64 in all its variants: with line breaks, in the alphabet for URLs, with or without padding,
 * or as a data URL. Returns `undefined` for invalid or incomplete text. Node's decoder ignores invalid
 * characters, so this compares the number of bytes with the length of the text.
 */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  const encoded = withoutDataUrl(text);
  return decoded(encoded) ?? decoded(encoded.replaceAll(/\s/g, ''));
}

/** Maximum length of a data URL's header. */
const LONGEST_HEADER = 200;

function withoutDataUrl(text: string): string {
  const start = text.slice(0, LONGEST_HEADER).trimStart();
  if (start.slice(0, 5).toLowerCase() !== 'data:') return text;
  const comma = text.slice(0, LONGEST_HEADER).indexOf(',');
  return comma < 0 ? text : text.slice(comma + 1);
}

function decoded(text: string): Uint8Array | undefined {
  let length = text.length;
  while (length > 0 && text[length - 1] === '=') length -= 1;
  // A character encodes six bits, so a single remaining one cannot encode a byte.
  if (length % 4 === 1) return undefined;
  const size = Math.floor((length * 3) / 4);
  // Not from Node's buffer pool: a small image would keep the whole slab in memory.
  const bytes = Buffer.allocUnsafeSlow(size);
  if (bytes.write(text, 'base64') !== size) return undefined;
  return new Uint8Array(bytes.buffer);
}
