import type { ObjectStore } from './object-store.ts';

/** The object store that readers' browsers can load pictures from. */
export interface ImageStore extends ObjectStore {
  /** The absolute public URL of a key, percent-encoded segment by segment. Makes no call. */
  urlFor(key: string): string;

  /**
   * Finds out beforehand what the first conditional write would have to find out about the backend;
   * never throws. Absent where there is nothing to find out.
   */
  learnAbilities?(): Promise<void>;
}
