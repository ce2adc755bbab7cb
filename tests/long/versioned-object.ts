import type { ObjectLabels, StoredObject } from '../../src/domain/storage/object-store.ts';

/** An object of which every part tells its version: how long it is, each byte and its labels. */
export function objectOf(version: number): { bytes: Uint8Array; labels: ObjectLabels } {
  const bytes = new Uint8Array(1 + ((version * 7919) % 300_000)).fill(version % 251);
  const labels = { contentType: `image/x-${version}`, metadata: { version: String(version) } };
  return { bytes, labels };
}

/** The version of an object; throws where its parts are of different ones. */
export function versionOf({ key, bytes, size, contentType, metadata }: StoredObject): number {
  const version = Number(metadata.version);
  const expected = objectOf(version);
  const isWhole =
    Buffer.compare(bytes, expected.bytes) === 0 &&
    size === expected.bytes.byteLength &&
    contentType === expected.labels.contentType;
  if (!isWhole) throw new Error(`${key} is not all of version ${metadata.version}`);
  return version;
}
