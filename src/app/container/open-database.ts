import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database, PoolUsage } from '../../adapters/postgres/database.ts';
import { OpenedOnce } from '../../domain/kernel/concurrency.ts';
import { CafeError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';
import type { DatabaseConfig } from '../config/database-config.ts';

/** An empty database with all tables, which the build makes. */
const TEMPLATE = fileURLToPath(new URL('../../../dist/database/template.tar.gz', import.meta.url));

type ServerConfig = Extract<DatabaseConfig, { kind: 'server' }>;

/** The database with all tables, opened at the first call. Its code is not loaded before. */
export interface LazyDatabase {
  readonly kind: DatabaseConfig['kind'];
  /** @throws CafeError `database_unavailable` if it cannot be opened; the next call tries again */
  open(): Promise<Database>;
  /** The state of the connections to a server; `undefined` for an embedded database. */
  pool(): PoolUsage | undefined;
  close(): Promise<void>;
}

interface DatabaseDeps {
  notice: Notice;
  /** Absent for a command. */
  watch?: UpstreamWatch;
}

/**
 * The database of a configuration. Resolves once the service is connected to a server and the
 * migrations have run. The folder of an embedded database is only locked; the database opens at its
 * first use.
 *
 * @throws Error that names `DATABASE_URL`, without its value, if the server cannot be used;
 *   `FolderInUse` if another process has the embedded database
 */
export async function openDatabase(
  config: DatabaseConfig,
  deps: DatabaseDeps,
): Promise<LazyDatabase> {
  if (config.kind === 'embedded') return openEmbedded(config.folder, deps);
  const database = await connectServer(config, deps);
  try {
    await database.migrate();
  } catch (error) {
    await database.close();
    throw unusable(error);
  }
  return {
    kind: 'server',
    open: async () => database,
    pool: () => database.pool(),
    close: () => database.close(),
  };
}

/**
 * Connects to the database of a configuration, and changes nothing in it.
 *
 * @throws as {@link openDatabase}
 */
export async function connectDatabase(
  config: DatabaseConfig,
  deps: DatabaseDeps,
): Promise<{ database: Database; close(): Promise<void> }> {
  if (config.kind === 'server') {
    const database = await connectServer(config, deps);
    return { database, close: () => database.close() };
  }
  const release = await lock(config.folder);
  const database = await loadEmbedded(config.folder, deps);
  return {
    database,
    close: async () => {
      await database.close();
      release();
    },
  };
}

async function connectServer(
  config: ServerConfig,
  { notice, watch }: DatabaseDeps,
): Promise<Database> {
  const { Database } = await import('../../adapters/postgres/database.ts');
  const { serverDriver } = await import('../../adapters/postgres/node-postgres.ts');
  const database = new Database(serverDriver({ ...config, notice }), watch);
  try {
    await database.check();
    return database;
  } catch (error) {
    await database.close();
    throw unusable(error);
  }
}

async function openEmbedded(folder: string | undefined, deps: DatabaseDeps): Promise<LazyDatabase> {
  const release = await lock(folder);
  const database = new OpenedOnce<Database>(async () => {
    const loaded = await loadEmbedded(folder, deps);
    try {
      await loaded.migrate();
    } catch (error) {
      // The next attempt must not open the folder beside this one.
      await loaded.close();
      throw error;
    }
    return loaded;
  });
  return {
    kind: 'embedded',
    open: () => database.get(),
    pool: () => undefined,
    close: async () => {
      await database.close((opened) => opened.close());
      release();
    },
  };
}

/** A database in memory needs no lock. */
async function lock(folder: string | undefined): Promise<() => void> {
  if (folder === undefined) return () => {};
  const { lockFolder } = await import('../../adapters/postgres/folder-lock.ts');
  const held = lockFolder(folder);
  return () => held.release();
}

async function loadEmbedded(
  folder: string | undefined,
  { watch }: DatabaseDeps,
): Promise<Database> {
  const { Database } = await import('../../adapters/postgres/database.ts');
  const { openThread, threadDriver } = await import('../../adapters/postgres/pglite.ts');
  const data = folder === undefined ? undefined : join(folder, 'data');
  const thread = await openThread(data, TEMPLATE).catch((cause: unknown) => {
    watch?.failed('unavailable');
    throw new CafeError('database_unavailable', 'The database cannot be opened.', { cause });
  });
  return new Database(
    threadDriver(async () => thread),
    watch,
  );
}

function unusable(error: unknown): Error {
  const message = `the database at DATABASE_URL cannot be used: ${reasonOf(error)}`;
  return new Error(message, { cause: error });
}

/** The message of the database's or the network's error. It never contains the password. */
function reasonOf(error: unknown): string {
  const cause = error instanceof CafeError ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
