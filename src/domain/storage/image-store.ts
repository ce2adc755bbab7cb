import type { ObjectHead, ObjectStore } from './object-store.ts';

/** The object store from which browsers load images. */
export interface ImageStore extends ObjectStore {
  /** The absolute public URL of a key, percent-encoded per segment. Makes no call. */
  urlFor(key: string): string;

  /**
   * Detects the backend's features ahead of the first conditional write. Never throws. Absent if
   * there is nothing to detect.
   */
  learnFeatures?(): Promise<void>;

  /**
   * What the backend does not support, in words for the owner. Makes no call. Absent if the adapter
   * supports everything.
   */
  lacks?(): readonly string[];

  /**
   * The bytes of an object as `head` found it, read chunk by chunk on demand. A slow reader
   * therefore costs the memory of one chunk. Fails with `storage_unavailable` if the object was
   * replaced or deleted meanwhile. Absent if the bytes are in memory anyway, or if the service does
   * not serve images itself.
   */
  pieces?(object: ObjectHead): AsyncIterable<Uint8Array>;
}
