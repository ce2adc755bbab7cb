const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;
/** Backslashes and control characters have special meanings on some systems. */
const UNFIT_CHARACTERS = /[\\\p{Cc}]/u;

/**
 * Rejects an invalid key. Such a key is a bug, so it throws a plain `Error`. Beyond the port's
 * rules, no segment begins with a dot. This blocks `..` and the stores' own hidden files.
 */
export function assertObjectKey(key: string): void {
  const fault = faultIn(key);
  if (fault) throw new Error(`Invalid object key, ${fault}: ${JSON.stringify(key.slice(0, 200))}`);
}

/**
 * Whether `key` is a valid object key. Objects with other names, created by other programs, are
 * ignored.
 */
export function isObjectKey(key: string): boolean {
  return faultIn(key) === undefined;
}

/** The URL of a key below a base URL without trailing slash, percent-encoded per segment. */
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
