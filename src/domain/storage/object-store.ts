/** How an object is labelled. */
export interface ObjectLabels {
  /** MIME type, such as `image/png`. */
  contentType: string;
  /** The `Cache-Control` that readers get with the object. */
  cacheControl?: string;
  /** Small user metadata: lower-case names of letters, digits and `-`; ASCII values. */
  metadata?: Readonly<Record<string, string>>;
}

/** What a store says of an object's age, in milliseconds since the Unix epoch. */
export interface ObjectLife {
  modifiedAt?: number;
  /** When a lifecycle rule of the store removes it. */
  expiresAt?: number;
}

/** What is known of an object without reading it. */
export interface ObjectHead extends ObjectLabels {
  key: string;
  /** Bytes. */
  size: number;
  /** Opaque and quoted, changes whenever the bytes do. */
  etag: string;
  metadata: Readonly<Record<string, string>>;
  /** Absent where objects stay until they are deleted. */
  life?: ObjectLife;
}

export interface StoredObject extends ObjectHead {
  bytes: Uint8Array;
}

/** One row of a listing. */
export interface ListedObject {
  key: string;
  /** Bytes. */
  size: number;
}

/** What must hold of a key at the moment of a write. */
export type WriteCondition =
  /** Nothing is there. */
  | { ifAbsent: true }
  /** The object with this ETag is there. */
  | { ifMatch: string };

export interface ListOptions {
  /** Only keys behind this text, be it a key or not. */
  after?: string;
}

/**
 * Objects under keys. A key is one or more non-empty segments joined by `/`; a segment never is
 * `.` or `..` and has at most 255 bytes, a key at most 1,024.
 *
 * A key that is not there is `undefined` or `false`, never an error. A store that cannot answer
 * (refused, broken, too slow) throws `CafeError('storage_unavailable')` with the `cause`, within
 * the adapter's configured time. Every method may be called concurrently. After a write has
 * resolved, every later read and listing sees it.
 */
export interface ObjectStore {
  /** The object's labels, size and ETag; `undefined` where the key is missing. */
  head(key: string): Promise<ObjectHead | undefined>;

  /** The whole object, byte for byte as it was put; `undefined` where the key is missing. */
  get(key: string): Promise<StoredObject | undefined>;

  /**
   * Writes the whole object or nothing: a reader sees the old bytes or the new, never a part.
   * Resolves with its ETag, or with `undefined` where the condition does not hold; then nothing is
   * changed, and of several puts under the same condition at once exactly one is stored. A backend
   * that knows no conditional writes looks first and then writes, so that of several at once the
   * last one stays.
   */
  put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined>;

  /**
   * Copies the bytes of `from` to `to`, under labels of its own, and replaces what was there; with
   * `ifAbsent` it changes nothing and answers `exists` where there is something, with what holds for
   * conditional puts. `missing` where `from` is not there; then nothing is written.
   */
  copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    options?: { ifAbsent?: boolean },
  ): Promise<'copied' | 'missing' | 'exists'>;

  /** Removes the object; a missing key is no error. */
  delete(key: string): Promise<void>;

  /**
   * Removes the object if it has this ETag, comparing and removing in one step. `changed`: the key is
   * missing or holds another object, which stays. `unsupported`: the backend cannot do this in one step,
   * and nothing is removed.
   */
  deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed' | 'unsupported'>;

  /**
   * Every object whose key begins with `prefix`, in ascending byte order of the keys, however
   * many there are. A prefix is plain text: `a/b` also lists `a/bc`, `a/b/` does not. Whoever stops
   * reading stops the listing.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>;

  /**
   * What speaks against buying pictures over this store, for the log: its listings turned out to be
   * behind its writes, or its clock and this machine's differ by an hour or more. `undefined` where
   * nothing does; absent where that is certain. To be asked before each purchase, which also makes the
   * store look now and then whether it still heeds conditions on writes.
   *
   * @throws CafeError `storage_unavailable` where it cannot be found out
   */
  doubt?(): Promise<string | undefined>;

  /** Lets go of connections and files. No call may follow. */
  close(): Promise<void>;
}
