import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { serverDriver } from '../../src/adapters/postgres/node-postgres.ts';
import { PgliteThread, threadDriver } from '../../src/adapters/postgres/pglite.ts';
import { createDatabase } from './postgres-server.ts';
import type { PostgresService } from './real-services.ts';

/** As long as a busy machine may take. */
const PATIENT = {
  maxConnections: 10,
  connectTimeoutMs: 60_000,
  statementTimeoutMs: 60_000,
  notice: () => {},
};

/** A database of a test file, with all tables. */
export interface TestDatabase {
  database: Database;
  /** Deletes all rows of all tables. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an empty database: on the server where the group of tests has one, otherwise embedded, in
 * memory. That takes seconds, so a file opens one for all its tests, and leaves it to the next file of
 * its worker.
 *
 * @param url of an empty database to open instead
 */
export async function openTestDatabase(url?: string): Promise<TestDatabase> {
  const server = inject('postgres');
  const ofServer = url ?? (server && (await createOn(server)));
  if (!ofServer) return openEmbedded();
  const database = openOnServer(ofServer);
  await database.run(migrate);
  return { database, empty: () => emptyTables(database), close: () => database.close() };
}

/** Embedded databases of this worker that no file uses now. */
const idle: Database[] = [];

async function openEmbedded(): Promise<TestDatabase> {
  const database = idle.pop() ?? (await newEmbedded());
  const empty = () => emptyTables(database);
  return {
    database,
    empty,
    close: async () => {
      await empty();
      idle.push(database);
    },
  };
}

async function newEmbedded(): Promise<Database> {
  const inMemory = { folder: undefined, template: undefined };
  const database = new Database(threadDriver(() => PgliteThread.open(inMemory)));
  await database.run(migrate);
  return database;
}

function openOnServer(url: string): Database {
  return new Database(serverDriver({ url, ...PATIENT }));
}

function createOn({ ownersUrl }: PostgresService): Promise<string> {
  return createDatabase(ownersUrl, `file_${randomUUID().replaceAll('-', '')}`);
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
