/** The owner's instructions as they are stored. */
export interface StoredInstructions {
  /** JSON, not checked; `undefined` if it is malformed. */
  content: unknown;
  /** Changes with every write. */
  version: string;
}

/**
 * Keeps the owner's spending instructions, one for all replicas. A read sees every write that
 * resolved before it.
 *
 * If the backend cannot respond, both methods throw `CafeError('storage_unavailable')` or
 * `CafeError('database_unavailable')`. The write may still have succeeded.
 */
export interface SpendingControlStore {
  /** Where they are stored, for the log. */
  readonly place: string;

  /** `undefined` if the owner has given none. */
  read(): Promise<StoredInstructions | undefined>;

  /**
   * Replaces the instructions if they still have this version, or if there are none and `version`
   * is `undefined`. Otherwise nothing changes and it returns `false`. Of several concurrent writes
   * under the same condition, exactly one takes effect.
   */
  write(content: object, version: string | undefined): Promise<boolean>;
}
