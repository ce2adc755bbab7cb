/** The labels of an object. */
export interface ObjectLabels {
  /** MIME type, such as `image/png`. */
  contentType: string;
  /** The `Cache-Control` header that readers receive with the object. */
  cacheControl?: string;
  /** Small user metadata. Names: lower-case letters, digits and `-`. Values: ASCII. */
  metadata?: Readonly<Record<string, string>>;
}

/** An object's lifetime as the store reports it, in milliseconds since the Unix epoch. */
export interface ObjectLife {
  modifiedAt?: number;
  /** When a lifecycle rule of the store deletes the object. */
  expiresAt?: number;
}

/** What is known of an object without reading its bytes. */
export interface ObjectHead extends ObjectLabels {
  key: string;
  /** Bytes. */
  size: number;
  /** Opaque and quoted. Changes whenever the bytes change. */
  etag: string;
  metadata: Readonly<Record<string, string>>;
  /** Absent if objects stay until they are deleted. */
  life?: ObjectLife;
}

export interface StoredObject extends ObjectHead {
  bytes: Uint8Array;
}

/** One entry of a listing. */
export interface ListedObject {
  key: string;
  /** Bytes. */
  size: number;
}

/** A precondition on the key at the moment of the write. */
export type WriteCondition =
  /** The key is absent. */
  | { ifAbsent: true }
  /** The key holds the object with this ETag. */
  | { ifMatch: string };

export interface ListOptions {
  /** Lists only keys after this text, which need not be a key. */
  after?: string;
}

/**
 * Objects under keys. A key is one or more non-empty segments joined by `/`. A segment is never `.`
 * or `..` and has at most 255 bytes; a key has at most 1,024.
 *
 * A missing key is `undefined` or `false`, never an error. A store that cannot respond (refused,
 * broken, too slow) throws `CafeError('storage_unavailable')` with the `cause`, within the
 * adapter's configured timeout. Every method may be called concurrently. After a write has
 * resolved, every later read and listing sees it.
 */
export interface ObjectStore {
  /** The object's labels, size and ETag; `undefined` if the key is missing. */
  head(key: string): Promise<ObjectHead | undefined>;

  /** The complete object, byte for byte as it was put; `undefined` if the key is missing. */
  get(key: string): Promise<StoredObject | undefined>;

  /**
   * Writes the whole object or nothing: a reader sees the old bytes or the new, never a part.
   * Resolves with the new ETag, or with `undefined` if the condition does not hold; then nothing
   * changes. Of several concurrent puts under the same condition, exactly one is stored. A backend
   * without conditional writes checks first and then writes, so the last of several concurrent puts
   * wins.
   */
  put(
    key: string,
    bytes: Uint8Array,
    labels: ObjectLabels,
    condition?: WriteCondition,
  ): Promise<string | undefined>;

  /**
   * Copies the bytes of `from` to `to` with new labels, and replaces the target. With `ifAbsent`,
   * it returns `exists` and changes nothing if the target exists, with the guarantees of
   * conditional puts. Returns `missing` and writes nothing if `from` is missing.
   */
  copy(
    from: string,
    to: string,
    labels: ObjectLabels,
    options?: { ifAbsent?: boolean },
  ): Promise<'copied' | 'missing' | 'exists'>;

  /** Deletes the object. A missing key is not an error. */
  delete(key: string): Promise<void>;

  /**
   * Deletes the object if it has this ETag, in one atomic step. `changed`: the key is missing or
   * holds another object, which stays. `unsupported`: the backend cannot do this in one step, and
   * nothing is deleted.
   */
  deleteIfMatch(key: string, etag: string): Promise<'deleted' | 'changed' | 'unsupported'>;

  /**
   * Every object whose key begins with `prefix`, in ascending byte order of the keys, however many
   * there are. A prefix is plain text: `a/b` also lists `a/bc`, `a/b/` does not. The listing stops
   * when the consumer stops reading.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>;

  /**
   * A reason not to generate images with this store, for the log: its listings lag behind its
   * writes, or its clock differs from this machine's by an hour or more. `undefined` if there is
   * none. Absent if the adapter rules such problems out. Called before each purchase. From time to
   * time, the adapter then also tests again in the background what the backend supports.
   *
   * @throws CafeError `storage_unavailable` if the check fails
   */
  doubt?(): Promise<string | undefined>;

  /** Closes connections and files. No call may follow. */
  close(): Promise<void>;
}
