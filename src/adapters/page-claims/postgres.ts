import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { Database } from '../postgres/database.ts';
import { NotedPageClaims, type NotedPageClaimsOptions } from './noted-page-claims.ts';
import { NoteRow } from './postgres/note-row.ts';

export interface PostgresPageClaimsOptions extends NotedPageClaimsOptions {
  database: Database;
  keys: ImageKeys;
}

/**
 * Page claims in PostgreSQL: one row per page and country in `page_notes`.
 *
 * Each step is one statement outside a transaction, so it holds neither a connection nor a lock while an
 * image is generated, and it uses no session state: a pooler that assigns connections per transaction may
 * stand in front. READ COMMITTED is enough, because the row's version is in the condition of each write:
 * a write that waited for another looks at the version again, and changes nothing.
 */
export class PostgresPageClaims extends NotedPageClaims {
  constructor(options: PostgresPageClaimsOptions) {
    const { database, keys, journal } = options;
    super(options, (request) => {
      const page = keys.pageName(request.key);
      return new NoteRow({ database, page, request, journal });
    });
  }
}
