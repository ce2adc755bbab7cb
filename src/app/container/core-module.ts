import type { ContainerModule } from 'inversify';
import { controlKey } from '../../adapters/spending-control-store/object-store.ts';
import { GenerateImage } from '../../domain/generation/generate-image.ts';
import { ImageEvents } from '../../domain/images/image-events.ts';
import { MakeRenditions } from '../../domain/images/make-renditions.ts';
import { PersistImage } from '../../domain/images/persist-image.ts';
import { RenditionUrls } from '../../domain/images/rendition-urls.ts';
import { UnstoredImages } from '../../domain/images/unstored-images.ts';
import { Semaphore } from '../../domain/kernel/concurrency.ts';
import { LoadShedding } from '../../domain/limits/load-shedding.ts';
import { Readiness } from '../../domain/monitoring/readiness.ts';
import { PageNames } from '../../domain/pages/page.ts';
import { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { Config } from '../config/config.ts';
import { bindings } from './bindings.ts';
import type { LazyDatabase } from './open-database.ts';
import { T } from './tokens.ts';

/** The shared basis of every product: budget, generation and storage of images. */
export function coreModule(config: Config): ContainerModule {
  const { recordsPrefix } = config;
  const { budgetCeiling, isCeilingSet } = config.admin;
  return bindings(({ value, resolve }) => {
    value(T.keys, new ImageKeys(config.imagePrefix));
    value(T.names, new PageNames(config.pageNames));
    resolve(
      T.generateImage,
      { generator: T.generator, clock: T.clock, journal: T.journal },
      (deps) => {
        const slots = new Semaphore(config.maxConcurrentGenerations);
        const maxModerated = Math.max(config.dailyBudget, isCeilingSet ? budgetCeiling : 0);
        return new GenerateImage({ ...deps, maxModerated, slots });
      },
    );
    value(T.events, new ImageEvents());
    resolve(
      T.unstored,
      {
        store: T.store,
        keys: T.keys,
        spool: T.spool,
        events: T.events,
        clock: T.clock,
        journal: T.journal,
      },
      (deps) => new UnstoredImages({ ...deps, recordsPrefix }),
    );
    resolve(
      T.makeRenditions,
      {
        maker: T.renditionMaker,
        store: T.store,
        keys: T.keys,
        clock: T.clock,
        journal: T.journal,
      },
      (deps) => new MakeRenditions({ ...deps, timeoutMs: config.renditionTimeoutMs }),
    );
    resolve(
      T.renditionUrls,
      { store: T.store, keys: T.keys, clock: T.clock },
      (deps) => new RenditionUrls({ ...deps, lifetimeMs: config.imageLifetimeMs }),
    );
    resolve(
      T.persistImage,
      { store: T.store, unstored: T.unstored, clock: T.clock, journal: T.journal },
      (deps) => new PersistImage(deps),
    );
    resolve(T.room, { clock: T.clock }, ({ clock }) => {
      const { maxWaitingRequests, maxSearches, maxWaitingPerAddress } = config;
      return new LoadShedding({
        clock,
        maxWaiting: maxWaitingRequests,
        maxSearches,
        maxPerAddress: maxWaitingPerAddress,
      });
    });
    resolve(
      T.readiness,
      { store: T.store, database: T.database, clock: T.clock },
      ({ database, ...deps }) =>
        new Readiness({
          ...deps,
          key: controlKey(recordsPrefix),
          checkDatabase: checkOf(database),
        }),
    );
  });
}

/** Does not check an embedded database, because a check would open it. */
function checkOf(database: LazyDatabase | undefined): (() => Promise<void>) | undefined {
  if (database?.kind !== 'server') return undefined;
  return async () => (await database.open()).check();
}
