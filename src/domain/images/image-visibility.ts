import type { ImageKeys } from '../storage/image-keys.ts';

/** Where an image's files can be. */
export type Visibility =
  /** In the pool, public. */
  | 'pool'
  /** Hidden by the owner. */
  | 'hidden'
  /** Not approved by the owner yet. */
  | 'pending';

/** Tombstones: an empty object with the name of a PNG marks an image that the owner deleted. */
type Tombstones = 'erased';

/**
 * Public images are in the pool. Invisible images are outside the public prefix, in
 * `{records}/{visibility}/{YYYY}/{MM}/{DD}/{uuid}[-{country}].png`, with their renditions beside
 * them. A file has the same name in every folder.
 */
export class VisibilityFolders {
  readonly #prefixes: Readonly<Record<Visibility | Tombstones, string>>;

  /** @param places.recordsPrefix without leading or trailing slash */
  constructor({ keys, recordsPrefix }: { keys: ImageKeys; recordsPrefix: string }) {
    this.#prefixes = {
      pool: keys.root,
      hidden: `${recordsPrefix}/hidden/`,
      pending: `${recordsPrefix}/pending/`,
      erased: `${recordsPrefix}/erased/`,
    };
  }

  /** The prefix of the keys of all files with that visibility. */
  prefixOf(visibility: Visibility): string {
    return this.#prefixes[visibility];
  }

  /**
   * A file's key with another visibility. A key that does not have the first visibility is returned
   * unchanged.
   */
  moved(key: string, from: Visibility, to: Visibility | Tombstones): string {
    const prefix = this.#prefixes[from];
    return key.startsWith(prefix) ? this.#prefixes[to] + key.slice(prefix.length) : key;
  }
}
