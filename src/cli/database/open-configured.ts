import type { Database } from '../../adapters/postgres/database.ts';
import { FolderInUse } from '../../adapters/postgres/folder-lock.ts';
import { loadConfig } from '../../app/config/config.ts';
import type { DatabaseConfig } from '../../app/config/database-config.ts';
import { connectDatabase } from '../../app/container/open-database.ts';
import type { Env } from '../options.ts';
import { CommandError, type Terminal } from '../terminal.ts';

export interface ConfiguredDatabase {
  database: Database;
  config: DatabaseConfig;
  close(): Promise<void>;
}

/**
 * Opens the configured database for one command, and changes nothing in it.
 *
 * @throws ConfigError; CommandError if there is none, or if it cannot be used; FolderInUse if a
 *   running process has it
 */
export async function openConfigured(env: Env, terminal: Terminal): Promise<ConfiguredDatabase> {
  const { database: config } = loadConfig(env);
  if (!config) throw new CommandError('There is no database: set DATABASE_URL, or STUDIO=on.');
  if (config.kind === 'embedded' && config.folder === undefined) {
    throw new CommandError('The database is in memory, because IMAGE_STORE=memory. Set DATA_DIR.');
  }
  const notice = (message: string) => terminal.complain(`${message}\n`);
  try {
    return { ...(await connectDatabase(config, { notice })), config };
  } catch (error) {
    if (error instanceof FolderInUse) throw error;
    throw new CommandError((error as Error).message);
  }
}
