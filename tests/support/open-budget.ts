import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { StoredDays } from '../../src/adapters/budget-ledger/postgres/stored-days.ts';
import { PostgresBudgetLedger } from '../../src/adapters/budget-ledger/postgres.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { ObjectStoreSpendingControlStore } from '../../src/adapters/spending-control-store/object-store.ts';
import { PostgresSpendingControlStore } from '../../src/adapters/spending-control-store/postgres.ts';
import type { BudgetLedger } from '../../src/domain/budget/budget-ledger.ts';
import { SpendingControl } from '../../src/domain/budget/spending-control.ts';
import type { Day } from '../../src/domain/kernel/day.ts';
import type { Notice } from '../../src/domain/kernel/notice.ts';
import type { AccountLimits } from '../../src/domain/limits/account-limits.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { type LedgerUnderTest, RestlessClock } from '../contracts/budget-ledger.contract.ts';
import { openTestDatabase, type TestDatabase } from './embedded-database.ts';

export interface LedgerOptions {
  dailyLimit: number;
  dailyMicroUsd?: number | undefined;
  monthlyMicroUsd?: number | undefined;
  share?: number;
  overHours?: number;
  /** Only in a database. */
  accountLimits?: AccountLimits;
}

export type OpenLedger = BudgetLedger & { finished(): Promise<void>; close(): Promise<void> };

/** A budget, wherever it is kept. */
export interface OpenBudget {
  /** A ledger like that of a freshly started process. It closes with the test. */
  start(options: LedgerOptions): OpenLedger;
  /** Lets the ledgers see the PNGs that are in the store now. */
  settleListing(day: Day): Promise<void>;
  control: SpendingControl;
  store: ObjectStore;
  keys: ImageKeys;
  clock: RestlessClock;
}

interface BudgetOptions {
  /** Milliseconds since the Unix epoch. */
  at: number;
  store?: ObjectStore;
  /** Whether the ledgers follow the owner's instructions. Default: yes. */
  isControlled?: boolean;
  notice?: Notice;
  /** Whether ledgers close with the test. Not those whose calls may never be answered. Default: yes. */
  closes?: boolean;
}

const recordsPrefix = 'records';
const inMemory = () => new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });

/** A budget kept as records in a store. */
export function budgetOverRecords(options: BudgetOptions): OpenBudget {
  const { at, store = inMemory(), isControlled = true, notice, closes = true } = options;
  const keys = new ImageKeys('generated/v2');
  const clock = new RestlessClock(at);
  const control = new SpendingControl({
    store: new ObjectStoreSpendingControlStore({ store, recordsPrefix }),
  });
  const common = { store, keys, clock, recordsPrefix, ...(notice && { notice }) };
  const start = (limits: LedgerOptions) => {
    const ledger = new ObjectStoreBudgetLedger({
      ...common,
      ...limits,
      control: isControlled ? control : undefined,
    });
    if (closes) onTestFinished(() => ledger.close());
    return ledger;
  };
  return { start, settleListing: async () => {}, control, store, keys, clock };
}

/** Budgets kept in one database for all tests of a file. It is empty before each test. */
export function budgetOverSql(): (options: BudgetOptions) => Promise<SqlBudget> {
  const place = databaseOfFile();
  return async (options) => {
    await place.opened.empty();
    return budgetIn(place.opened.database, options);
  };
}

/** A database for the file's tests, opened before the first and closed after the last. */
export function databaseOfFile() {
  const place = {} as { opened: TestDatabase };
  beforeAll(async () => {
    place.opened = await openTestDatabase();
  });
  afterAll(() => place.opened.close());
  return place;
}

/** A budget kept in PostgreSQL. The images are in a store. */
export interface SqlBudget extends OpenBudget {
  database: SqlDatabase;
  start(options: LedgerOptions, database?: SqlDatabase): OpenLedger;
}

export type SqlDatabase = Pick<Database, 'run' | 'transaction'>;

export function budgetIn(database: SqlDatabase, options: BudgetOptions): SqlBudget {
  const { at, store = inMemory(), isControlled = true, notice, closes = true } = options;
  const keys = new ImageKeys('generated/v2');
  const clock = new RestlessClock(at);
  const control = new SpendingControl({ store: new PostgresSpendingControlStore(database) });
  const processes: StoredDays[] = [];
  const start = (limits: LedgerOptions, through = database) => {
    const storedDays = new StoredDays({ database: through, store, keys, recordsPrefix, clock });
    processes.push(storedDays);
    const ledger = new PostgresBudgetLedger({
      database: through,
      store,
      storedDays,
      clock,
      ...limits,
      ...(notice && { notice }),
      control: isControlled ? control : undefined,
    });
    if (closes) onTestFinished(() => ledger.close());
    return ledger;
  };
  const settleListing = async (day: Day) => {
    await Promise.all(processes.map((storedDays) => storedDays.list(day)));
  };
  return { start, settleListing, control, store, keys, clock, database };
}

/** The same budget in the form that the contract of ledgers asks for. */
export function ledgerUnderTest(budget: OpenBudget): LedgerUnderTest {
  const { start, settleListing, store, keys, clock } = budget;
  return {
    open: (dailyLimit, dollars = {}) => start({ dailyLimit, ...dollars }),
    settleListing: () => settleListing('2026/11/21'),
    store,
    keys,
    clock,
  };
}
