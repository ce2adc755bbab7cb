import type { Clock } from '../../../domain/kernel/clock.ts';
import { OpenedOnce } from '../../../domain/kernel/concurrency.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { Config } from '../../config/config.ts';
import type { LazyDatabase } from '../open-database.ts';
import { developmentKey } from './development-key.ts';
import type { Studio } from './open-studio.ts';

/** The studio, opened at its first use. Its code is not loaded before. */
export interface LazyStudio {
  /** An API key for trying things out; absent in production. */
  readonly developmentKey: string | undefined;
  /** @throws CafeError `database_unavailable` if it cannot be opened; the next call tries again */
  open(): Promise<Studio>;
  close(): Promise<void>;
}

export function lazyStudio(
  config: Config,
  { database, ...deps }: { database: LazyDatabase; clock: Clock; notice: Notice },
): LazyStudio {
  const key = config.production ? undefined : developmentKey(config.developmentKeyFile);
  const studio = new OpenedOnce<Studio>(async () => {
    const { openStudio } = await import('./open-studio.ts');
    return openStudio(config, { ...deps, database: await database.open() }, key);
  });
  return {
    developmentKey: key,
    open: () => studio.get(),
    close: () => studio.close((opened) => opened.close()),
  };
}
