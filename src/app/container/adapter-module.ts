import type { ContainerModule } from 'inversify';
import { ObjectStoreGenerationHistory } from '../../adapters/generation-history/object-store.ts';
import { ObjectStoreBudgetLedger } from '../../adapters/budget-ledger/object-store.ts';
import { OwnRecords } from '../../adapters/budget-ledger/own-records.ts';
import { SystemClock } from '../../adapters/clock/system.ts';
import { LimitedImageStore } from '../../adapters/image-store/limited.ts';
import { ObservedImageStore } from '../../adapters/image-store/observed.ts';
import { ObjectStorePageClaims } from '../../adapters/page-claims/object-store.ts';
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

/** Share of a day's budget. The rest is reserved for pages that have no image at all. */
const HEALING_SHARE = 0.5;

/** All port adapters. */
export function adapterModule(config: Config, journal: Journal): ContainerModule {
  const { recordsPrefix } = config;
  const budget = {
    recordsPrefix,
    dailyLimit: config.dailyBudget,
    dailyMicroUsd: config.dailyMicroUsd,
    monthlyMicroUsd: config.monthlyMicroUsd,
    overHours: config.budgetOpensOverHours,
    // Shared by all ledgers, so that grants of one count for the others.
    own: new OwnRecords(),
  };
  const ledgerNeeds = {
    store: T.store,
    keys: T.keys,
    control: T.control,
    clock: T.clock,
    notice: T.notice,
  };
  return bindings(({ value, resolve }) => {
    value(T.clock, new SystemClock());
    value(T.journal, journal);
    value(T.notice, (message, details) => journal.record({ event: 'notice', message, details }));
    resolve(T.health, { clock: T.clock }, ({ clock }) => {
      const { store, generator, locator } = config;
      const kinds = { store: store.kind, generator: generator.kind, locator: locator.kind };
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
    resolve(
      T.ledger,
      ledgerNeeds,
      (deps) => new ObjectStoreBudgetLedger({ ...deps, ...budget, share: 1 }),
      (ledger) => ledger.close(),
    );
    resolve(
      T.healingLedger,
      ledgerNeeds,
      (deps) => new ObjectStoreBudgetLedger({ ...deps, ...budget, share: HEALING_SHARE }),
      (ledger) => ledger.close(),
    );
    resolve(
      T.unpacedLedger,
      ledgerNeeds,
      (deps) => new ObjectStoreBudgetLedger({ ...deps, ...budget, share: 1, overHours: 0 }),
      (ledger) => ledger.close(),
    );
    resolve(
      T.history,
      { store: T.store, keys: T.keys, notice: T.notice },
      (deps) => new ObjectStoreGenerationHistory({ ...deps, recordsPrefix }),
    );
    const leaseMs = config.claimLeaseMs;
    resolve(
      T.claims,
      { store: T.store, keys: T.keys, clock: T.clock, journal: T.journal },
      (deps) => new ObjectStorePageClaims({ ...deps, recordsPrefix, leaseMs }),
    );
    resolve(
      T.lookupClaims,
      { store: T.lookupStore, keys: T.keys, clock: T.clock, journal: T.journal },
      (deps) => new ObjectStorePageClaims({ ...deps, recordsPrefix, leaseMs }),
    );
  });
}

/** The store for lookups. Only S3 has connections to share. */
function lookupStore(store: ImageStore, config: Config['store']): ImageStore {
  if (config.kind !== 's3') return store;
  const maxCalls = Math.floor(config.maxConnections * LOOKUP_SHARE);
  return new LimitedImageStore(store, { maxCalls, maxWaitMs: config.readTimeoutMs });
}
