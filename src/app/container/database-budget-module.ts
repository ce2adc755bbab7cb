import type { ContainerModule } from 'inversify';
import { StoredDays } from '../../adapters/budget-ledger/postgres/stored-days.ts';
import { PostgresBudgetLedger } from '../../adapters/budget-ledger/postgres.ts';
import { PostgresGenerationHistory } from '../../adapters/generation-history/postgres.ts';
import { PostgresPageClaims } from '../../adapters/page-claims/postgres.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { PostgresSpendingControlStore } from '../../adapters/spending-control-store/postgres.ts';
import { SpendingControl } from '../../domain/budget/spending-control.ts';
import type { Config } from '../config/config.ts';
import { bindings, tokensOf } from './bindings.ts';
import { HEALING_SHARE } from './budget-module.ts';
import { T } from './tokens.ts';

/** Services that only this module uses. */
const OWN = tokensOf<{ openDatabase: Database; storedDays: StoredDays }>();

/**
 * The budget, its history, the owner's instructions and the claims on pages, kept in the database.
 * Loaded only if the configuration says so.
 */
export function databaseBudgetModule(config: Config): ContainerModule {
  const { recordsPrefix } = config;
  const budget = {
    dailyLimit: config.dailyBudget,
    dailyMicroUsd: config.dailyMicroUsd,
    monthlyMicroUsd: config.monthlyMicroUsd,
    overHours: config.budgetOpensOverHours,
    accountLimits: config.accounts.limits,
  };
  const ledgerNeeds = {
    database: OWN.openDatabase,
    store: T.store,
    storedDays: OWN.storedDays,
    control: T.control,
    clock: T.clock,
    notice: T.notice,
  };
  return bindings(({ resolve }) => {
    resolve(OWN.openDatabase, { database: T.database }, async ({ database }) => {
      if (!database) throw new Error('BUDGET_LEDGER=postgres requires a database');
      return database.open();
    });
    resolve(
      OWN.storedDays,
      { database: OWN.openDatabase, store: T.store, keys: T.keys, clock: T.clock },
      (deps) => new StoredDays({ ...deps, recordsPrefix }),
    );
    resolve(
      T.control,
      { database: OWN.openDatabase, notice: T.notice },
      ({ database, notice }) =>
        new SpendingControl({
          store: new PostgresSpendingControlStore(database),
          ceiling: config.admin.budgetCeiling,
          notice,
        }),
    );
    resolve(
      T.ledger,
      ledgerNeeds,
      (deps) => new PostgresBudgetLedger({ ...deps, ...budget, share: 1 }),
      (ledger) => ledger.close(),
    );
    resolve(
      T.healingLedger,
      ledgerNeeds,
      (deps) => new PostgresBudgetLedger({ ...deps, ...budget, share: HEALING_SHARE }),
      (ledger) => ledger.close(),
    );
    resolve(
      T.unpacedLedger,
      ledgerNeeds,
      (deps) => new PostgresBudgetLedger({ ...deps, ...budget, share: 1, overHours: 0 }),
      (ledger) => ledger.close(),
    );
    resolve(
      T.history,
      { database: OWN.openDatabase, store: T.store, keys: T.keys, notice: T.notice },
      (deps) => new PostgresGenerationHistory({ ...deps, recordsPrefix }),
    );
    const leaseMs = config.claimLeaseMs;
    for (const token of [T.claims, T.lookupClaims]) {
      resolve(
        token,
        { database: OWN.openDatabase, keys: T.keys, clock: T.clock, journal: T.journal },
        (deps) => new PostgresPageClaims({ ...deps, leaseMs }),
      );
    }
  });
}
