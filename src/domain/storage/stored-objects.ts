import type { ObjectHead, ObjectLabels, ObjectStore, WriteCondition } from './object-store.ts';

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

const METADATA_NAME = /^[a-z0-9-]+$/;
/** Printable ASCII. Leading and trailing blanks would be lost in HTTP headers. */
const HEADER_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
const MAX_VALUE_BYTES = 1024;
/** S3 allows 2,048 bytes. The rest is for metadata that adapters add. */
const MAX_METADATA_BYTES = 1920;

/**
 * Rejects labels that some stores cannot keep. Such labels are a bug, so it throws a plain `Error`.
 */
export function assertObjectLabels({
  contentType,
  cacheControl,
  metadata = {},
}: ObjectLabels): void {
  assertValue('content type', contentType);
  if (cacheControl !== undefined) assertValue('cache control', cacheControl);
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!METADATA_NAME.test(name)) throw new Error(`Invalid metadata name: ${show(name)}`);
    assertValue(`value for metadata ${name}`, value);
    bytes += name.length + value.length;
  }
  if (bytes > MAX_METADATA_BYTES)
    throw new Error(`Metadata is larger than ${MAX_METADATA_BYTES} bytes`);
}

/** Labels to give a copy of this object. */
export function labelsIn({ contentType, cacheControl, metadata }: ObjectHead): ObjectLabels {
  return { contentType, metadata, ...(cacheControl ? { cacheControl } : {}) };
}

function assertValue(what: string, value: string): void {
  if (value.length > MAX_VALUE_BYTES || !HEADER_VALUE.test(value)) {
    throw new Error(`Invalid ${what}: ${show(value)}`);
  }
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

/**
 * Stores an object as JSON with a trailing newline. Resolves as {@link ObjectStore.put} does.
 *
 * @throws CafeError `storage_unavailable`
 */
export function putJson(
  store: ObjectStore,
  key: string,
  content: object,
  condition?: WriteCondition,
): Promise<string | undefined> {
  const bytes = Buffer.from(`${JSON.stringify(content)}\n`);
  return store.put(key, bytes, { contentType: 'application/json' }, condition);
}
