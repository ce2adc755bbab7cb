import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { backUp, RestoreError, type RowCounts, restore } from '../../adapters/postgres/backup.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { FolderInUse } from '../../adapters/postgres/folder-lock.ts';
import { loadConfig } from '../../app/config/config.ts';
import type { DatabaseConfig } from '../../app/config/database-config.ts';
import { openStore } from '../../app/container/open-adapters.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Env } from '../options.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { importFromStore } from './import-records.ts';
import { openConfigured } from './open-configured.ts';

interface Options {
  json: boolean;
}

/** Runs the migrations that the database lacks, and prints them. */
export async function migrateDatabase(
  env: Env,
  { json }: Options,
  terminal: Terminal,
): Promise<void> {
  await withDatabase(env, terminal, async (database) => {
    const ran = await database.migrate();
    if (json) terminal.write(`${JSON.stringify({ ran }, null, 2)}\n`);
    else if (ran.length === 0) terminal.write('The database is up to date.\n');
    else for (const name of ran) terminal.write(`Ran ${name}.\n`);
  });
}

/**
 * Prints where the database is, its version, and which migrations ran.
 *
 * @returns whether all of them did
 */
export async function databaseStatus(
  env: Env,
  { json }: Options,
  terminal: Terminal,
): Promise<boolean> {
  return withDatabase(env, terminal, async (database, config) => {
    const migrations = (await database.migrations()).map(({ name, ranAt }) => ({
      name,
      ranAt: ranAt?.toISOString() ?? null,
    }));
    const missing = migrations.filter(({ ranAt }) => ranAt === null).length;
    const status = { database: placeOf(config), version: await database.version(), migrations };
    if (json) terminal.write(`${JSON.stringify(status, null, 2)}\n`);
    else {
      terminal.write(`${status.database}, PostgreSQL ${status.version}\n`);
      for (const { name, ranAt } of migrations) terminal.write(`${name}  ${ranAt ?? 'missing'}\n`);
      if (missing > 0)
        terminal.write(`${missing} missing: run db migrate, or start the service.\n`);
    }
    return missing === 0;
  });
}

/** Writes all rows to a file, which appears once it is complete. */
export async function backUpDatabase(
  env: Env,
  file: string,
  { json, clock }: Options & { clock: Clock },
  terminal: Terminal,
): Promise<void> {
  const counts = await withDatabase(env, terminal, async (database) => {
    const part = `${file}.part`;
    try {
      const found = await writeBackup(database, part, clock.now());
      await rename(part, file);
      return found;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  });
  report('Backed up', counts, json, terminal);
}

/** Writes the rows of a backup into a database without rows. */
export async function restoreDatabase(
  env: Env,
  file: string,
  { json }: Options,
  terminal: Terminal,
): Promise<void> {
  const counts = await withDatabase(env, terminal, (database) => readBackup(database, file));
  report('Restored', counts, json, terminal);
}

async function writeBackup(database: Database, file: string, now: number): Promise<RowCounts> {
  const gzip = createGzip();
  // Only its owner may read it, because it contains prompts and digests of keys.
  const written = pipeline(gzip, createWriteStream(file, { mode: 0o600 }));
  const lines = Writable.toWeb(gzip).getWriter();
  const counts = backUp(database, (line) => lines.write(Buffer.from(`${line}\n`)), now).finally(
    () => lines.close(),
  );
  const [found] = await Promise.all([counts, written]);
  return found;
}

async function readBackup(database: Database, file: string): Promise<RowCounts> {
  const gunzip = createGunzip();
  const read = pipeline(createReadStream(file), gunzip);
  try {
    const restored = restore(database, createInterface({ input: Readable.from(gunzip) }));
    const [counts] = await Promise.all([restored, read]);
    return counts;
  } catch (error) {
    if (error instanceof RestoreError) throw new CommandError(error.message);
    throw new CommandError(`${file} cannot be restored: ${(error as Error).message}`);
  }
}

/** Copies what the cafe keeps in its store into the database, and leaves the store as it is. */
export async function importStoreRecords(
  env: Env,
  { json }: Options,
  terminal: Terminal,
): Promise<void> {
  const config = loadConfig(env);
  const notice = (message: string) => terminal.complain(`${message}\n`);
  const imported = await withDatabase(env, terminal, async (database) => {
    await database.migrate();
    const store = await openStore(config, notice);
    const { recordsPrefix } = config;
    return importFromStore({ database, store, recordsPrefix, notice }).finally(() => store.close());
  });
  if (json) {
    terminal.write(`${JSON.stringify(imported, null, 2)}\n`);
    return;
  }
  const { days, generations, pages, malformed, hasInstructions } = imported;
  terminal.write(`Days with records: ${days}\n`);
  terminal.write(`New or changed: ${generations} generations, ${pages} pages\n`);
  if (hasInstructions) terminal.write('The spending settings of the admin were copied.\n');
  if (malformed > 0) terminal.write(`Objects that cannot be read: ${malformed}\n`);
}

function report(done: string, counts: RowCounts, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.write(`${JSON.stringify({ rows: counts }, null, 2)}\n`);
    return;
  }
  for (const [table, rows] of Object.entries(counts)) terminal.write(`${table}: ${rows} rows\n`);
  terminal.write(`${done}.\n`);
}

/**
 * Opens the configured database for one command.
 *
 * @throws ConfigError; CommandError if there is none, or if a running process has it
 */
export async function withDatabase<T>(
  env: Env,
  terminal: Terminal,
  work: (database: Database, config: DatabaseConfig) => Promise<T>,
): Promise<T> {
  const connected = await openConfigured(env, terminal).catch((error: unknown) => {
    if (!(error instanceof FolderInUse)) throw error;
    throw new CommandError(`${error.message}. Stop it first.`);
  });
  try {
    return await work(connected.database, connected.config);
  } finally {
    await connected.close();
  }
}

function placeOf(config: DatabaseConfig): string {
  if (config.kind === 'embedded') return `Embedded, in ${config.folder}`;
  const { host, pathname, searchParams } = new URL(config.url);
  return `${host || searchParams.get('host')}${pathname}`;
}
