import { ContainerModule } from 'inversify';
import { ObjectStoreGenerationHistory } from '../../adapters/budget-ledger/generation-history.ts';
import { ObjectStoreBudgetLedger } from '../../adapters/budget-ledger/object-store.ts';
import { OwnRecords } from '../../adapters/budget-ledger/own-records.ts';
import { SystemClock } from '../../adapters/clock/system.ts';
import { LimitedImageStore } from '../../adapters/image-store/limited.ts';
import { ObservedImageStore } from '../../adapters/image-store/observed.ts';
import { ObjectStorePageClaims } from '../../adapters/page-claims/object-store.ts';
import type { SpendingControl } from '../../domain/budget/spending-control.ts';
import { ModelMemory } from '../../domain/generation/model-memory.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import { UpstreamHealth } from '../../domain/monitoring/upstream-health.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type { Config } from '../config/config.ts';
import { watchedLocator } from '../watched-locator.ts';
import {
  openGenerator,
  openLocator,
  openRenditionMaker,
  openSpool,
  openStore,
} from './open-adapters.ts';
import { T } from './tokens.ts';

/** Share of the store's connections for lookups. The others are reserved for purchases. */
const LOOKUP_SHARE = 0.75;

/** Of a day's budget: the rest is for pages that have no picture at all. */
const HEALING_SHARE = 0.5;

/** Everything behind a port. */
export function adapterModule(config: Config, journal: Journal): ContainerModule {
  const { budgetOpensOverHours } = config;
  const own = new OwnRecords();
  const ledgerDeps = [T.store, T.keys, T.control, T.clock, T.notice] as const;
  return new ContainerModule(({ bind }) => {
    bind(T.clock).toConstantValue(new SystemClock());
    bind(T.journal).toConstantValue(journal);
    bind(T.notice).toConstantValue((message, details) =>
      journal.record({ event: 'notice', message, details }),
    );
    bind(T.health).toResolvedValue(
      (clock) => {
        const { store, generator, locator } = config;
        const kinds = { store: store.kind, generator: generator.kind, locator: locator.kind };
        return new UpstreamHealth(kinds, clock);
      },
      [T.clock],
    );
    bind(T.store)
      .toResolvedValue(
        async (notice, health) =>
          new ObservedImageStore(await openStore(config, notice), health.watch('store')),
        [T.notice, T.health],
      )
      .onDeactivation((store) => store.close());
    bind(T.lookupStore).toResolvedValue((store) => lookupStore(store, config.store), [T.store]);
    bind(T.modelMemory).toResolvedValue(
      (store, notice) => {
        const { generator, recordsPrefix } = config;
        const server = generator.kind === 'openai' ? (generator.baseUrl ?? '') : '';
        return new ModelMemory({ store, recordsPrefix, server, notice });
      },
      [T.store, T.notice],
    );
    bind(T.generator).toResolvedValue(
      (clock, notice, health, memory) =>
        openGenerator(config.generator, clock, notice, health.watch('generator'), memory),
      [T.clock, T.notice, T.health, T.modelMemory],
    );
    bind(T.locator).toResolvedValue(
      async (clock, notice, health) => {
        const opened = await openLocator(config.locator, clock, notice, health.watch('locator'));
        return watchedLocator(opened, config, notice);
      },
      [T.clock, T.notice, T.health],
    );
    bind(T.spool).toResolvedValue(() => openSpool(config.store));
    bind(T.renditionMaker).toResolvedValue(() => openRenditionMaker());
    bind(T.ledger)
      .toResolvedValue(ledgerOf(config, own, 1, budgetOpensOverHours), [...ledgerDeps])
      .onDeactivation((ledger) => ledger.close());
    // Over the same records, so that what one of them grants counts for the others.
    bind(T.healingLedger)
      .toResolvedValue(ledgerOf(config, own, HEALING_SHARE, budgetOpensOverHours), [...ledgerDeps])
      .onDeactivation((ledger) => ledger.close());
    bind(T.unpacedLedger)
      .toResolvedValue(ledgerOf(config, own, 1, 0), [...ledgerDeps])
      .onDeactivation((ledger) => ledger.close());
    bind(T.history).toResolvedValue(
      (store, keys, notice) => {
        const { recordsPrefix } = config;
        return new ObjectStoreGenerationHistory({ store, keys, recordsPrefix, notice });
      },
      [T.store, T.keys, T.notice],
    );
    const claimsOver = (store: ImageStore, keys: ImageKeys, clock: Clock, journal: Journal) => {
      const { recordsPrefix, claimLeaseMs: leaseMs } = config;
      return new ObjectStorePageClaims({ store, keys, recordsPrefix, leaseMs, clock, journal });
    };
    bind(T.claims).toResolvedValue(claimsOver, [T.store, T.keys, T.clock, T.journal]);
    bind(T.lookupClaims).toResolvedValue(claimsOver, [T.lookupStore, T.keys, T.clock, T.journal]);
  });
}

/** The store for lookups: only S3 has connections to share out. */
function lookupStore(store: ImageStore, config: Config['store']): ImageStore {
  if (config.kind !== 's3') return store;
  const maxCalls = Math.floor(config.maxConnections * LOOKUP_SHARE);
  return new LimitedImageStore(store, { maxCalls, maxWaitMs: config.readTimeoutMs });
}

/**
 * The budget, or of each day a share of it.
 *
 * @param overHours in how many hours a day's opens, a part at each; 0 for all at once
 */
function ledgerOf(config: Config, own: OwnRecords, share: number, overHours: number) {
  const { recordsPrefix, dailyBudget: dailyLimit, dailyMicroUsd, monthlyMicroUsd } = config;
  return (
    store: ImageStore,
    keys: ImageKeys,
    control: SpendingControl,
    clock: Clock,
    notice: Notice,
  ) =>
    new ObjectStoreBudgetLedger({
      ...{ store, keys, control, clock, notice, recordsPrefix },
      ...{ dailyLimit, dailyMicroUsd, monthlyMicroUsd, share, overHours, own },
    });
}
