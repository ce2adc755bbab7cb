/**
 * The bytes of base64 as servers write it: as one text or in lines, in the alphabet for URLs, with or
 * without padding, or as a data URL. `undefined` where a character is none of these or the text is cut.
 * Node's decoder passes over what it does not know, so the number of bytes is held against the text's length.
 */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  const encoded = withoutDataUrl(text);
  return decoded(encoded) ?? decoded(encoded.replaceAll(/\s/g, ''));
}

/** A data URL's header is short; what is longer is none. */
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
  // Each character stands for six bits, and one alone for no whole byte.
  if (length % 4 === 1) return undefined;
  const size = Math.floor((length * 3) / 4);
  // Not from Node's pool: whoever keeps a small picture would keep all of the pool's slab.
  const bytes = Buffer.allocUnsafeSlow(size);
  if (bytes.write(text, 'base64') !== size) return undefined;
  return new Uint8Array(bytes.buffer);
}
