import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page-request.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/stored-objects.ts';
import { BLANK, noteContent, type PageNote, parseNote } from './page-note.ts';

/** A stored note. */
export interface FoundNote {
  note: PageNote;
  /** Changes with every write, and never repeats. */
  etag: string;
}

interface NoteFileDeps {
  store: ObjectStore;
  key: string;
  request: PageRequest;
  journal: Journal;
}

/** Reads and writes the note of one page. */
export class NoteFile {
  readonly #deps: NoteFileDeps;

  constructor(deps: NoteFileDeps) {
    this.#deps = deps;
  }

  /**
   * Returns `undefined` if no note exists. A malformed note counts as empty, and the next claim overwrites
   * it.
   *
   * @throws CafeError `storage_unavailable`
   */
  async read(): Promise<FoundNote | undefined> {
    const object = await this.#deps.store.get(this.#deps.key);
    if (!object) return undefined;
    const { bytes, etag } = object;
    try {
      return { note: parseNote(bytes), etag };
    } catch (cause) {
      const details = { key: this.#deps.key, cause };
      this.#deps.journal.record({
        event: 'notice',
        message: 'the note of a page is malformed',
        details,
      });
      return { note: BLANK, etag };
    }
  }

  /**
   * Writes the note if the stored one still has the given ETag, or if there is none and `etag` is
   * `undefined`.
   *
   * @returns the new ETag; `undefined` if the condition failed and nothing was written
   * @throws CafeError `storage_unavailable`; the note may have been written nevertheless
   */
  write(note: PageNote, etag: string | undefined): Promise<string | undefined> {
    const condition = etag === undefined ? { ifAbsent: true as const } : { ifMatch: etag };
    return putJson(
      this.#deps.store,
      this.#deps.key,
      noteContent(this.#deps.request, note),
      condition,
    );
  }

  /**
   * Deletes the note if it still has this ETag.
   *
   * @returns `false` if the note has changed, or if the store does not support conditional deletes
   * @throws CafeError `storage_unavailable`; the note may have been deleted nevertheless
   */
  async remove(etag: string): Promise<boolean> {
    return (await this.#deps.store.deleteIfMatch(this.#deps.key, etag)) === 'deleted';
  }
}
