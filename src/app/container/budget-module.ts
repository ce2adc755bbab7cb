import type { ContainerModule } from 'inversify';
import { ObjectStoreBudgetLedger } from '../../adapters/budget-ledger/object-store.ts';
import { OwnRecords } from '../../adapters/budget-ledger/own-records.ts';
import { ObjectStoreGenerationHistory } from '../../adapters/generation-history/object-store.ts';
import { ObjectStorePageClaims } from '../../adapters/page-claims/object-store.ts';
import { ObjectStoreSpendingControlStore } from '../../adapters/spending-control-store/object-store.ts';
import { SpendingControl } from '../../domain/budget/spending-control.ts';
import type { Config } from '../config/config.ts';
import { bindings } from './bindings.ts';
import { T } from './tokens.ts';

/** Share of a day's budget. The rest is reserved for pages that have no image at all. */
export const HEALING_SHARE = 0.5;

/** The budget, its history, the owner's instructions and the claims on pages, kept in the image store. */
export function budgetModule(config: Config): ContainerModule {
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
  return bindings(({ resolve }) => {
    resolve(
      T.control,
      { store: T.store, notice: T.notice },
      ({ store, notice }) =>
        new SpendingControl({
          store: new ObjectStoreSpendingControlStore({ store, recordsPrefix }),
          ceiling: config.admin.budgetCeiling,
          notice,
        }),
    );
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
