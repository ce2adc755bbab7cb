import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/stored-objects.ts';
import { NotedPageClaims, type NotedPageClaimsOptions } from './noted-page-claims.ts';
import {
  type FoundNote,
  noteContent,
  type PageNote,
  readNote,
  type StoredNote,
} from './page-note.ts';

export interface ObjectStorePageClaimsOptions extends NotedPageClaimsOptions {
  /** Must support conditional writes. Otherwise two replicas may both believe that they hold a page. */
  store: ObjectStore;
  keys: ImageKeys;
  /** Outside the public prefix, without slashes at its ends. */
  recordsPrefix: string;
}

/**
 * Page claims in an object store: one small object per page and country, at
 * `{records}/pages/{type}/{path}-{country}.json`.
 */
export class ObjectStorePageClaims extends NotedPageClaims {
  constructor(options: ObjectStorePageClaimsOptions) {
    const { store, keys, recordsPrefix, journal } = options;
    super(options, (request) => {
      const key = `${recordsPrefix}/pages/${keys.pageName(request.key)}.json`;
      return new NoteObject({ store, key, request, journal });
    });
  }
}

interface NoteObjectDeps {
  store: ObjectStore;
  key: string;
  request: PageRequest;
  journal: Journal;
}

/** A note in an object, with the object's ETag as its version. */
class NoteObject implements StoredNote {
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
