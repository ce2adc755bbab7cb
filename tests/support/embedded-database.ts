import { sql } from 'kysely';
import { Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { PgliteThread, threadDriver } from '../../src/adapters/postgres/pglite.ts';

/** A database of a test file, with all tables. */
export interface TestDatabase {
  database: Database;
  /** Deletes all rows of all tables. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** Opens an embedded database in memory. That takes a second, so a file opens one for all its tests. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const inMemory = { folder: undefined, template: undefined };
  const database = new Database(threadDriver(() => PgliteThread.open(inMemory)));
  await database.run(migrate);
  return { database, empty: () => emptyTables(database), close: () => database.close() };
}

/** Deletes all rows of all tables except those of the migrations. */
export async function emptyTables(database: Database): Promise<void> {
  await database.run(async (queries) => {
    const { rows } = await sql<{ tables: string | null }>`
      select string_agg(quote_ident(tablename), ', ') as tables from pg_tables
      where schemaname = current_schema() and tablename not like 'schema_migrations%'
    `.execute(queries);
    const tables = rows[0]?.tables;
    if (tables) await sql`truncate ${sql.raw(tables)} cascade`.execute(queries);
  });
}
