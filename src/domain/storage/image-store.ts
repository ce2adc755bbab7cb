import type { ObjectHead, ObjectStore } from './object-store.ts';

/** The object store that readers' browsers can load pictures from. */
export interface ImageStore extends ObjectStore {
  /** The absolute public URL of a key, percent-encoded segment by segment. Makes no call. */
  urlFor(key: string): string;

  /**
   * Finds out beforehand what the first conditional write would have to find out about the backend;
   * never throws. Absent where there is nothing to find out.
   */
  learnAbilities?(): Promise<void>;

  /**
   * What the backend turned out not to be able to do, in words for the owner. Makes no call. Absent where
   * it can do everything.
   */
  lacks?(): readonly string[];

  /**
   * The bytes of an object as `head` found it, in pieces that are read when they are asked for, so that a
   * slow reader costs the memory of one. Fails with `storage_unavailable` where the object was replaced
   * or deleted meanwhile. Absent where the bytes are in memory anyway, or nothing is served from here.
   */
  pieces?(object: ObjectHead): AsyncIterable<Uint8Array>;
}
