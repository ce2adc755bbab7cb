import type { ContainerModule } from 'inversify';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { Config } from '../config/config.ts';
import { bindings } from './bindings.ts';
import { type LazyDatabase, openDatabase } from './open-database.ts';
import { T } from './tokens.ts';

/** The database; absent if nothing uses one, or if another process has the embedded one. */
export function databaseModule(config: Config): ContainerModule {
  return bindings(({ resolve }) => {
    resolve(
      T.database,
      { notice: T.notice },
      ({ notice }) => databaseOf(config, notice),
      (database) => database?.close(),
    );
  });
}

async function databaseOf(config: Config, notice: Notice): Promise<LazyDatabase | undefined> {
  if (!config.database) return undefined;
  try {
    return await openDatabase(config.database, notice);
  } catch (error) {
    // Without the studio the cafe is as good as ever, if nobody has asked for the studio.
    if (config.isStudioSet || !isFolderInUse(error)) throw error;
    notice(`the studio is off, because ${error.message}`, {});
    return undefined;
  }
}

/** By its name, because its class is loaded only where there is a folder to lock. */
function isFolderInUse(error: unknown): error is Error {
  return error instanceof Error && error.name === 'FolderInUse';
}
