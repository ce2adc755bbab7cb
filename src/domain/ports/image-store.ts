import type { ObjectStore } from './object-store.ts';

/** The object store that readers' browsers can load pictures from. */
export interface ImageStore extends ObjectStore {
  /** The absolute public URL of a key, percent-encoded segment by segment. Makes no call. */
  urlFor(key: string): string;
}
