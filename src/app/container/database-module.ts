import type { ContainerModule } from 'inversify';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';
import type { Config } from '../config/config.ts';
import { bindings } from './bindings.ts';
import { type LazyDatabase, openDatabase } from './open-database.ts';
import { T } from './tokens.ts';

/** The database; absent if nothing uses one, or if another process has the embedded one. */
export function databaseModule(config: Config): ContainerModule {
  return bindings(({ resolve }) => {
    resolve(
      T.database,
      { notice: T.notice, health: T.health },
      ({ notice, health }) => databaseOf(config, { notice, watch: health.watch('database') }),
      (database) => database?.close(),
    );
  });
}

async function databaseOf(
  config: Config,
  deps: { notice: Notice; watch: UpstreamWatch },
): Promise<LazyDatabase | undefined> {
  if (!config.database) return undefined;
  try {
    return await openDatabase(config.database, deps);
  } catch (error) {
    // The cafe does not need the studio. So the studio is off, unless the owner set `STUDIO`.
    if (config.isStudioSet || !isFolderInUse(error)) throw error;
    deps.notice(`the studio is off, because ${error.message}`, {});
    return undefined;
  }
}

/** Compares the name, because the class is only loaded with an embedded database. */
function isFolderInUse(error: unknown): error is Error {
  return error instanceof Error && error.name === 'FolderInUse';
}
