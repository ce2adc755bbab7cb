import type { CafeErrorCode } from '../../domain/kernel/errors.ts';
import type { PageNote } from './page-note.ts';

/** A note as it was read or written. */
export interface FoundNote {
  note: PageNote;
  /** Changes with every write, and never repeats: the fencing number of the claim. */
  version: string;
}

/** The place of one page's note, which all replicas share. Each method is one step that nothing interrupts. */
export interface StoredNote {
  /** The code of the error if the place cannot be reached. */
  readonly whenAway: Extract<CafeErrorCode, 'storage_unavailable' | 'database_unavailable'>;

  /**
   * Returns `undefined` if no note exists. A malformed note counts as empty, and the next claim overwrites
   * it.
   *
   * @throws CafeError with the code {@link whenAway}
   */
  read(): Promise<FoundNote | undefined>;

  /**
   * Writes the note if the stored one still has the given version, or if there is none and `version` is
   * `undefined`.
   *
   * @returns the new version; `undefined` if the condition failed and nothing was written
   * @throws CafeError with the code {@link whenAway}; the note may have been written nevertheless
   */
  write(note: PageNote, version: string | undefined): Promise<string | undefined>;

  /**
   * Deletes the note if it still has this version.
   *
   * @returns `false` if the note has changed, or if the place does not support conditional deletes
   * @throws CafeError with the code {@link whenAway}; the note may have been deleted nevertheless
   */
  remove(version: string): Promise<boolean>;
}
