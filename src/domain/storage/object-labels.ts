import type { ObjectHead, ObjectLabels } from './object-store.ts';

const METADATA_NAME = /^[a-z0-9-]+$/;
/** Printable ASCII. Leading and trailing blanks would be lost in HTTP headers. */
const HEADER_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
const MAX_VALUE_BYTES = 1024;
/** S3 allows 2,048 bytes. Adapters may need some of them. */
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
