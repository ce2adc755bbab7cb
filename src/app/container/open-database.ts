import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '../../adapters/postgres/database.ts';
import type { FolderLock } from '../../adapters/postgres/folder-lock.ts';
import { SingleFlight } from '../../domain/kernel/concurrency.ts';
import { CafeError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { DatabaseConfig } from '../config/database-config.ts';

/** An empty database with all tables, which the build makes. */
const TEMPLATE = fileURLToPath(new URL('../../../dist/database/template.tar.gz', import.meta.url));

/** The database, opened at the first call. Nothing of it is loaded before. */
export interface LazyDatabase {
  readonly kind: DatabaseConfig['kind'];
  /** @throws CafeError `database_unavailable` if it cannot be opened; the next call tries again */
  open(): Promise<Database>;
  close(): Promise<void>;
}

/**
 * The database of a configuration. A server is connected to and migrated before this resolves. The
 * embedded one is only locked, and opens at its first use.
 *
 * @throws Error that names `DATABASE_URL`, without its value, if the server cannot be used;
 *   `FolderInUse` if another process has the embedded database
 */
export async function openDatabase(config: DatabaseConfig, notice: Notice): Promise<LazyDatabase> {
  if (config.kind === 'embedded') return openEmbedded(config.folder);
  const database = await openServer(config, notice).catch((error: unknown) => {
    throw new Error(`the database at DATABASE_URL cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  });
  return { kind: 'server', open: async () => database, close: () => database.close() };
}

/** Connects to a server, and runs the migrations that it lacks. */
async function openServer(
  config: Extract<DatabaseConfig, { kind: 'server' }>,
  notice: Notice,
): Promise<Database> {
  const { Database } = await import('../../adapters/postgres/database.ts');
  const { serverDriver } = await import('../../adapters/postgres/node-postgres.ts');
  const database = new Database(serverDriver({ ...config, notice }));
  try {
    await database.check();
    await database.migrate();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Locks the folder at once, and opens the database in it at the first call. */
async function openEmbedded(folder: string | undefined): Promise<LazyDatabase> {
  const held = folder === undefined ? undefined : await lock(folder);
  const opening = new SingleFlight<Database>();
  let opened: Database | undefined;
  return {
    kind: 'embedded',
    open: async () => {
      opened ??= await opening.join('', () => loadEmbedded(folder));
      return opened;
    },
    close: async () => {
      await opening.settled();
      await opened?.close();
      held?.release();
    },
  };
}

async function lock(folder: string): Promise<FolderLock> {
  const { lockFolder } = await import('../../adapters/postgres/folder-lock.ts');
  return lockFolder(folder);
}

async function loadEmbedded(folder: string | undefined): Promise<Database> {
  const { Database } = await import('../../adapters/postgres/database.ts');
  const { openThread, threadDriver } = await import('../../adapters/postgres/pglite.ts');
  try {
    const data = folder === undefined ? undefined : join(folder, 'data');
    const thread = await openThread(data, TEMPLATE);
    const database = new Database(threadDriver(async () => thread));
    await database.migrate();
    return database;
  } catch (cause) {
    if (cause instanceof CafeError) throw cause;
    throw new CafeError('database_unavailable', 'The database cannot be opened.', { cause });
  }
}

/** What the database said; its errors never contain the password. */
function reasonOf(error: unknown): string {
  const cause = error instanceof CafeError ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
