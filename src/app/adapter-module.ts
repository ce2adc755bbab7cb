import { ContainerModule } from 'inversify';
import { SystemClock } from '../adapters/clock/system.ts';
import { ObservedImageStore } from '../adapters/image-store/observed.ts';
import { ObjectStorePageClaims } from '../adapters/page-claims/object-store.ts';
import type { Journal } from '../domain/ports/journal.ts';
import { UpstreamHealth } from '../domain/upstream-health.ts';
import type { Config } from './config.ts';
import {
  ledgerOf,
  openGenerator,
  openLocator,
  openRenditionMaker,
  openSpool,
  openStore,
} from './open-adapters.ts';
import { T } from './tokens.ts';

/** Of a day's budget: the rest is for pages that have no picture at all. */
const HEALING_SHARE = 0.5;

/** Everything behind a port. */
export function adapterModule(config: Config, journal: Journal): ContainerModule {
  const { budgetOpensOverHours } = config;
  const ledgerDeps = [T.store, T.keys, T.clock, T.notice] as const;
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
    bind(T.generator).toResolvedValue(
      (clock, notice, health) =>
        openGenerator(config.generator, clock, notice, health.watch('generator')),
      [T.clock, T.notice, T.health],
    );
    bind(T.locator).toResolvedValue(
      (clock, notice, health) =>
        openLocator(config.locator, clock, notice, health.watch('locator')),
      [T.clock, T.notice, T.health],
    );
    bind(T.spool).toResolvedValue(() => openSpool(config.store));
    bind(T.renditionMaker).toResolvedValue(() => openRenditionMaker());
    bind(T.ledger)
      .toResolvedValue(ledgerOf(config, 1, budgetOpensOverHours), [...ledgerDeps])
      .onDeactivation((ledger) => ledger.close());
    // Over the same records, so that what one of them grants counts for the others.
    bind(T.healingLedger)
      .toResolvedValue(ledgerOf(config, HEALING_SHARE, budgetOpensOverHours), [...ledgerDeps])
      .onDeactivation((ledger) => ledger.close());
    bind(T.unpacedLedger)
      .toResolvedValue(ledgerOf(config, 1, 0), [...ledgerDeps])
      .onDeactivation((ledger) => ledger.close());
    bind(T.claims).toResolvedValue(
      (store, keys, clock, journal) => {
        const { recordsPrefix, claimLeaseMs: leaseMs } = config;
        return new ObjectStorePageClaims({ store, keys, recordsPrefix, leaseMs, clock, journal });
      },
      [T.store, T.keys, T.clock, T.journal],
    );
  });
}
