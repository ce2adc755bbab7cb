import type { ContainerModule } from 'inversify';
import type { Config } from '../../config/config.ts';
import { bindings } from '../bindings.ts';
import { T } from '../tokens.ts';
import { lazyStudio } from './lazy-studio.ts';

/** The API with accounts; absent if it is off, or if there is no database. */
export function studioModule(config: Config): ContainerModule {
  return bindings(({ resolve }) => {
    resolve(
      T.studio,
      { database: T.database, clock: T.clock, notice: T.notice },
      ({ database, ...deps }) =>
        config.hasStudio && database ? lazyStudio(config, { ...deps, database }) : undefined,
      (studio) => studio?.close(),
    );
  });
}
