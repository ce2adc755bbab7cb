import { randomUUID } from 'node:crypto';
import { StoredDays } from '../../src/adapters/budget-ledger/postgres/stored-days.ts';
import { PostgresBudgetLedger } from '../../src/adapters/budget-ledger/postgres.ts';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { Database } from '../../src/adapters/postgres/database.ts';
import { serverDriver } from '../../src/adapters/postgres/node-postgres.ts';
import type { BudgetLedger } from '../../src/domain/budget/budget-ledger.ts';
import type { GenerationDraft } from '../../src/domain/budget/generation-record.ts';
import { type Day, dayAt } from '../../src/domain/kernel/day.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';

/** Limits as `PostgresBudgetLedgerOptions` has them. */
export interface Limits {
  dailyLimit: number;
  dailyMicroUsd?: number;
  monthlyMicroUsd?: number;
}

export interface OpenedLedger extends BudgetLedger {
  finished(): Promise<void>;
  close(): Promise<void>;
}

/** The budget as a process of its own has it, with connections of its own. Closed by the caller. */
export function openLedger(url: string, limits: Limits, maxConnections = 2): OpenedLedger {
  const times = { connectTimeoutMs: 20_000, statementTimeoutMs: 20_000 };
  const database = new Database(serverDriver({ url, maxConnections, ...times, notice: () => {} }));
  const store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });
  const clock = new SystemClock();
  const place = { database, store, clock };
  const keys = new ImageKeys('generated/v2');
  const storedDays = new StoredDays({ ...place, keys, recordsPrefix: 'records' });
  const ledger = new PostgresBudgetLedger({ ...place, storedDays, ...limits });
  return {
    reserve: (draft) => ledger.reserve(draft),
    isSpent: (day) => ledger.isSpent(day),
    finished: () => ledger.finished(),
    async close() {
      await ledger.close();
      await database.close();
    },
  };
}

/** What a page's picture is reserved for. */
export function draftOf(day: Day, reservedMicroUsd: number): GenerationDraft {
  return {
    id: randomUUID(),
    day,
    subject: { kind: 'page', page: { type: 'article', path: '/posts/a' }, country: undefined },
    model: 'm',
    prompt: 'p',
    reservedMicroUsd,
  };
}

export function currentDay(): Day {
  return dayAt(Date.now());
}
