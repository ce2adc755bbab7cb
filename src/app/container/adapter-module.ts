import type { ContainerModule } from 'inversify';
import { SystemClock } from '../../adapters/clock/system.ts';
import { LimitedImageStore } from '../../adapters/image-store/limited.ts';
import { ObservedImageStore } from '../../adapters/image-store/observed.ts';
import { ModelMemory } from '../../domain/generation/model-memory.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import { UpstreamHealth } from '../../domain/monitoring/upstream-health.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type { Config } from '../config/config.ts';
import { watchedLocator } from '../watched-locator.ts';
import { bindings } from './bindings.ts';
import {
  openGenerator,
  openLocator,
  openRenditionMaker,
  openSpool,
  openStore,
} from './open-adapters.ts';
import { T } from './tokens.ts';

/** Share of the store's connections for lookups. The others are reserved for generation. */
const LOOKUP_SHARE = 0.75;

/** All port adapters. */
export function adapterModule(config: Config, journal: Journal): ContainerModule {
  const { recordsPrefix } = config;
  return bindings(({ value, resolve }) => {
    value(T.clock, new SystemClock());
    value(T.journal, journal);
    value(T.notice, (message, details) => journal.record({ event: 'notice', message, details }));
    resolve(T.health, { clock: T.clock }, ({ clock }) => {
      const { store, generator, locator, database } = config;
      const kinds = {
        store: store.kind,
        generator: generator.kind,
        locator: locator.kind,
        ...(database && { database: database.kind }),
      };
      return new UpstreamHealth(kinds, clock);
    });
    resolve(
      T.store,
      { notice: T.notice, health: T.health },
      async ({ notice, health }) =>
        new ObservedImageStore(await openStore(config, notice), health.watch('store')),
      (store) => store.close(),
    );
    resolve(T.lookupStore, { store: T.store }, ({ store }) => lookupStore(store, config.store));
    resolve(T.modelMemory, { store: T.store, notice: T.notice }, (deps) => {
      const { generator } = config;
      const server = generator.kind === 'openai' ? (generator.baseUrl ?? '') : '';
      return new ModelMemory({ ...deps, recordsPrefix, server });
    });
    resolve(
      T.generator,
      { clock: T.clock, notice: T.notice, health: T.health, refusedModels: T.modelMemory },
      ({ health, ...deps }) =>
        openGenerator(config.generator, { ...deps, watch: health.watch('generator') }),
    );
    resolve(
      T.locator,
      { clock: T.clock, notice: T.notice, health: T.health },
      async ({ clock, notice, health }) => {
        const watch = health.watch('locator');
        const opened = await openLocator(config.locator, { clock, notice, watch });
        return watchedLocator(opened, config, notice);
      },
    );
    resolve(T.spool, {}, () => openSpool(config.store));
    resolve(T.renditionMaker, {}, () => openRenditionMaker());
  });
}

/** The store for lookups. Only S3 has connections to share. */
function lookupStore(store: ImageStore, config: Config['store']): ImageStore {
  if (config.kind !== 's3') return store;
  const maxCalls = Math.floor(config.maxConnections * LOOKUP_SHARE);
  return new LimitedImageStore(store, { maxCalls, maxWaitMs: config.readTimeoutMs });
}
