import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { NoteObject } from './note-object.ts';
import { NotedPageClaims, type NotedPageClaimsOptions } from './noted-page-claims.ts';

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
