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
    // Without the studio the cafe is as good as ever, if nobody has asked for the studio.
    if (config.isStudioSet || !isFolderInUse(error)) throw error;
    deps.notice(`the studio is off, because ${error.message}`, {});
    return undefined;
  }
}

/** By its name, because its class is loaded only where there is a folder to lock. */
function isFolderInUse(error: unknown): error is Error {
  return error instanceof Error && error.name === 'FolderInUse';
}
