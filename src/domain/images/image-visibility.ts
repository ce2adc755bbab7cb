import type { ImageKeys } from '../storage/image-keys.ts';

/** Where a picture's files can be. */
export type Visibility =
  /** In the pool, where everybody can load them. */
  | 'pool'
  /** Taken down by the owner. */
  | 'hidden'
  /** Not approved by the owner yet. */
  | 'pending';

/** Where an empty object, under its PNG's name, says of a picture that the owner has deleted it. */
type Tombstones = 'erased';

/**
 * Where pictures are that everybody sees, and outside the public prefix those that nobody does:
 * `{records}/{visibility}/{YYYY}/{MM}/{DD}/{uuid}[-{country}].png`, and renditions beside it. So a file has
 * the same name whatever its visibility.
 */
export class VisibilityFolders {
  readonly #prefixes: Readonly<Record<Visibility | Tombstones, string>>;

  /** @param places.recordsPrefix without slashes at its ends */
  constructor({ keys, recordsPrefix }: { keys: ImageKeys; recordsPrefix: string }) {
    this.#prefixes = {
      pool: keys.root,
      hidden: `${recordsPrefix}/hidden/`,
      pending: `${recordsPrefix}/pending/`,
      erased: `${recordsPrefix}/erased/`,
    };
  }

  /** Begins the keys of all files with that visibility. */
  prefixOf(visibility: Visibility): string {
    return this.#prefixes[visibility];
  }

  /** The key that a file has with another visibility; a key without the first one stays as it is. */
  moved(key: string, from: Visibility, to: Visibility | Tombstones): string {
    const prefix = this.#prefixes[from];
    return key.startsWith(prefix) ? this.#prefixes[to] + key.slice(prefix.length) : key;
  }
}
