import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page-request.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/put-json.ts';
import { noteContent, type PageNote, readNote } from './page-note.ts';
import type { FoundNote, StoredNote } from './stored-note.ts';

interface NoteObjectDeps {
  store: ObjectStore;
  key: string;
  request: PageRequest;
  journal: Journal;
}

/** A note in an object, with the object's ETag as its version. */
export class NoteObject implements StoredNote {
  readonly whenAway = 'storage_unavailable';
  readonly #deps: NoteObjectDeps;

  constructor(deps: NoteObjectDeps) {
    this.#deps = deps;
  }

  async read(): Promise<FoundNote | undefined> {
    const { store, key, journal } = this.#deps;
    const object = await store.get(key);
    if (!object) return undefined;
    const parse = () => JSON.parse(Buffer.from(object.bytes).toString()) as unknown;
    return { note: readNote(parse, { key, journal }), version: object.etag };
  }

  write(note: PageNote, version: string | undefined): Promise<string | undefined> {
    const { store, key, request } = this.#deps;
    const condition = version === undefined ? { ifAbsent: true as const } : { ifMatch: version };
    return putJson(store, key, noteContent(request, note), condition);
  }

  async remove(version: string): Promise<boolean> {
    const { store, key } = this.#deps;
    return (await store.deleteIfMatch(key, version)) === 'deleted';
  }
}
