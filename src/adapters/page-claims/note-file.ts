import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page-request.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/put-json.ts';
import { BLANK, noteContent, type PageNote, parseNote } from './page-note.ts';

/** A note as it stands in the store. */
export interface FoundNote {
  note: PageNote;
  /** Never the same again once the note has changed. */
  etag: string;
}

interface Deps {
  store: ObjectStore;
  key: string;
  request: PageRequest;
  journal: Journal;
}

/** Where one page's note is kept. */
export class NoteFile {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * `undefined` where none was ever written. One that an owner's hand has spoilt reads as blank, and
   * will be overwritten by the next claim.
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
        message: 'a page’s note is malformed',
        details,
      });
      return { note: BLANK, etag };
    }
  }

  /**
   * Writes the note in place of the one with this ETag, or as the first; resolves with the new ETag,
   * or with `undefined`, having changed nothing, where something else is there.
   *
   * @throws CafeError `storage_unavailable`; the note may be written nevertheless
   */
  write(note: PageNote, instead: string | undefined): Promise<string | undefined> {
    const condition = instead === undefined ? { ifAbsent: true as const } : { ifMatch: instead };
    return putJson(
      this.#deps.store,
      this.#deps.key,
      noteContent(this.#deps.request, note),
      condition,
    );
  }
  /**
   * Removes the note with this ETag; `false` where something else is there, or the store cannot compare
   * and delete in one step.
   *
   * @throws CafeError `storage_unavailable`; the note may be removed nevertheless
   */
  async remove(etag: string): Promise<boolean> {
    return (await this.#deps.store.deleteIfMatch(this.#deps.key, etag)) === 'deleted';
  }
}
