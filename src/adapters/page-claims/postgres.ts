import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { Database } from '../postgres/database.ts';
import { NotedPageClaims, type NotedPageClaimsOptions } from './noted-page-claims.ts';
import {
  type FoundNote,
  noteContent,
  type PageNote,
  readNote,
  type StoredNote,
} from './page-note.ts';

export interface PostgresPageClaimsOptions extends NotedPageClaimsOptions {
  database: Pick<Database, 'run'>;
  keys: ImageKeys;
}

/**
 * Page claims in PostgreSQL: one row per page and country in `page_notes`.
 *
 * Each step is one statement outside a transaction. So no connection and no lock is held while an image is
 * generated. The steps use no session state, so they work behind a pooler that assigns connections per
 * transaction. READ COMMITTED is enough, because each write has the row's version in its condition. If a
 * write had to wait for another one, PostgreSQL checks the version again, and the write changes nothing.
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

interface NoteRowDeps {
  database: Pick<Database, 'run'>;
  /** The row's key. */
  page: string;
  request: PageRequest;
  journal: Journal;
}

/** The first version is random, so that a page whose row was deleted does not get an old version again. */
const MAX_FIRST_VERSION = 2 ** 48 - 1;

/** A note in a row of `page_notes`. */
class NoteRow implements StoredNote {
  readonly whenAway = 'database_unavailable';
  readonly #deps: NoteRowDeps;

  constructor(deps: NoteRowDeps) {
    this.#deps = deps;
  }

  async read(): Promise<FoundNote | undefined> {
    const { database, page, journal } = this.#deps;
    const row = await database.run((queries) =>
      queries
        .selectFrom('page_notes')
        .select(['note', 'version'])
        .where('page', '=', page)
        .executeTakeFirst(),
    );
    if (!row) return undefined;
    const note = readNote(() => row.note, { key: page, journal });
    return { note, version: String(row.version) };
  }

  async write(note: PageNote, version: string | undefined): Promise<string | undefined> {
    const row = await (version === undefined ? this.#insert(note) : this.#update(note, version));
    return row && String(row.version);
  }

  async remove(version: string): Promise<boolean> {
    const { database, page } = this.#deps;
    const { numDeletedRows } = await database.run((queries) =>
      queries
        .deleteFrom('page_notes')
        .where('page', '=', page)
        .where('version', '=', Number(version))
        .executeTakeFirst(),
    );
    return numDeletedRows > 0n;
  }

  #insert(note: PageNote) {
    const { database, page } = this.#deps;
    return database.run((queries) =>
      queries
        .insertInto('page_notes')
        .values({ page, note: this.#json(note), version: randomInt(MAX_FIRST_VERSION) })
        .onConflict((conflict) => conflict.column('page').doNothing())
        .returning('version')
        .executeTakeFirst(),
    );
  }

  #update(note: PageNote, version: string) {
    const { database, page } = this.#deps;
    return database.run((queries) =>
      queries
        .updateTable('page_notes')
        // An imported note has a version up to 0.
        .set({ note: this.#json(note), version: sql`greatest(version, 0) + 1` })
        .where('page', '=', page)
        .where('version', '=', Number(version))
        .returning('version')
        .executeTakeFirst(),
    );
  }

  #json(note: PageNote): string {
    return JSON.stringify(noteContent(this.#deps.request, note));
  }
}
