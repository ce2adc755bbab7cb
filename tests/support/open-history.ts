import { ObjectStoreGenerationHistory } from '../../src/adapters/generation-history/object-store.ts';
import { PostgresGenerationHistory } from '../../src/adapters/generation-history/postgres.ts';
import { DAY_MS, dayAt } from '../../src/domain/kernel/day.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { draft, NOON } from '../contracts/budget-ledger.contract.ts';
import type { HistoryUnderTest } from '../contracts/generation-history.contract.ts';
import {
  budgetOverRecords,
  budgetOverSql,
  type OpenBudget,
  type OpenLedger,
  type SqlDatabase,
} from './open-budget.ts';

const common = { recordsPrefix: 'records' };

/** Reserves for the next day but one, so that today is over. */
function foldDaysWith({ clock }: OpenBudget, ledger: OpenLedger): () => Promise<void> {
  return async () => {
    clock.jump(2 * 3_600_000);
    const reservation = await ledger.reserve(draft({ day: dayAt(clock.now() + DAY_MS) }));
    await reservation?.settle({ state: 'refused', reason: 'test', durationMs: 0 });
    await ledger.finished();
  };
}

/** A history kept as records in a store. */
export function historyOver(store: ObjectStore): HistoryUnderTest {
  const budget = budgetOverRecords({ at: NOON, store, isControlled: false });
  const { keys, clock } = budget;
  const ledger = budget.start({ dailyLimit: 100 });
  return {
    history: new ObjectStoreGenerationHistory({ store, keys, ...common }),
    ledger,
    foldDays: foldDaysWith(budget, ledger),
    store,
    keys,
    clock,
  };
}

/** Histories kept in one database for all tests of a file. It is empty before each test. */
export function historyOverSql() {
  const open = budgetOverSql();
  return async (): Promise<HistoryUnderTest & { database: SqlDatabase }> => {
    const budget = await open({ at: NOON, isControlled: false });
    const { store, keys, clock, database } = budget;
    const ledger = budget.start({ dailyLimit: 100 });
    return {
      history: new PostgresGenerationHistory({ database, store, keys, ...common }),
      ledger,
      foldDays: foldDaysWith(budget, ledger),
      store,
      keys,
      clock,
      database,
    };
  };
}
