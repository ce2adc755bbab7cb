import { sql } from 'kysely';
import { inBatches } from '../../../domain/kernel/concurrency.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import type { Database } from '../../postgres/database.ts';
import { parseNote } from '../page-note.ts';

/** Concurrent calls to the store. */
const AT_ONCE = 16;
/** Notes per statement. */
const BATCH = 500;
/**
 * The version of an imported note. Each further import lowers it by one. So if the version is 0 or less, the
 * service has not changed the note.
 */
const IMPORTED = 0;

export interface ImportNotesDeps {
  database: Pick<Database, 'run'>;
  store: ObjectStore;
  recordsPrefix: string;
  /** Called for each note that cannot be read. */
  notice: Notice;
}

export interface ImportedNotes {
  /** Rows that are new or have changed. */
  pages: number;
  malformed: number;
}

/**
 * Writes the notes of all pages in the store as rows, without their claims: the holder of a claim continues
 * with the note in the store. The row keeps the keys of the images in progress, so the next claim looks for
 * those images first.
 *
 * It can run again at any time. It does not change rows that the service has changed.
 *
 * @throws CafeError `storage_unavailable` or `database_unavailable`
 */
export async function importNotes(deps: ImportNotesDeps): Promise<ImportedNotes> {
  const { store, recordsPrefix } = deps;
  const imported: ImportedNotes = { pages: 0, malformed: 0 };
  const prefix = `${recordsPrefix}/pages/`;
  let keys: string[] = [];
  const write = async () => {
    const objects = await inBatches(keys, AT_ONCE, async (key) => ({
      key,
      object: await store.get(key),
    }));
    const rows = objects.flatMap(({ key, object }) => {
      // The note was deleted after the listing.
      if (!object) return [];
      try {
        return rowOf(key.slice(prefix.length, -'.json'.length), object.bytes);
      } catch (cause) {
        imported.malformed += 1;
        deps.notice('the note of a page is malformed', { key, cause });
        return [];
      }
    });
    imported.pages += await writeRows(deps.database, rows);
    keys = [];
  };
  for await (const { key } of store.list(prefix)) {
    if (key.endsWith('.json')) keys.push(key);
    if (keys.length === BATCH) await write();
  }
  await write();
  return imported;
}

interface NoteRow {
  page: string;
  note: string;
  version: number;
}

/** Characters that `jsonb` rejects: NUL, and half of a surrogate pair, which `JSON.stringify` escapes. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** @throws Error if the bytes are not a note */
function rowOf(page: string, bytes: Uint8Array): NoteRow {
  const content: unknown = JSON.parse(Buffer.from(bytes).toString());
  const { claim: _, ...note } = parseNote(content);
  const about = content as { page: unknown; country: unknown };
  const whole = { page: about.page, country: about.country, ...note };
  const text = JSON.stringify(whole);
  if (UNSTORABLE.test(text)) throw new Error('it contains a character that cannot be stored');
  return { page, note: text, version: IMPORTED };
}

async function writeRows(
  database: ImportNotesDeps['database'],
  rows: readonly NoteRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const written = await database.run((queries) =>
    queries
      .insertInto('page_notes')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('page')
          .doUpdateSet(({ ref }) => ({
            note: ref('excluded.note'),
            version: sql`page_notes.version - 1`,
          }))
          .where('page_notes.version', '<=', IMPORTED)
          .where(sql<boolean>`page_notes.note is distinct from excluded.note`),
      )
      .returning('page')
      .execute(),
  );
  return written.length;
}
