const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;
/** Backslashes and control characters mean something else on one system or another. */
const UNFIT_CHARACTERS = /[\\\p{Cc}]/u;

/**
 * Refuses a key that no store may be given; such a key is a mistake of the program, so it throws
 * a plain `Error`. Beyond what the port says, no segment begins with a dot, which keeps `..` and
 * the stores' own hidden files out of reach.
 */
export function assertObjectKey(key: string): void {
  const fault = faultIn(key);
  if (fault) throw new Error(`Not an object key, ${fault}: ${JSON.stringify(key.slice(0, 200))}`);
}

/** Whether `key` can name an object. What others left in a store under any other name is ignored. */
export function isObjectKey(key: string): boolean {
  return faultIn(key) === undefined;
}

/** The URL of a key below a base without a slash at its end, percent-encoded segment by segment. */
export function urlForKey(publicBaseUrl: string, key: string): string {
  assertObjectKey(key);
  return `${publicBaseUrl}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

function faultIn(key: string): string | undefined {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `over ${MAX_KEY_BYTES} bytes`;
  if (!key.isWellFormed()) return 'a broken surrogate pair';
  if (UNFIT_CHARACTERS.test(key)) return 'a backslash or control character';
  for (const segment of key.split('/')) {
    if (segment === '') return 'an empty segment';
    if (segment.startsWith('.')) return 'a segment that begins with a dot';
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
      return `a segment over ${MAX_SEGMENT_BYTES} bytes`;
    }
  }
  return undefined;
}
