import {
  type ImportedRecords,
  importRecords,
} from '../../adapters/budget-ledger/postgres/import-records.ts';
import {
  type ImportedNotes,
  importNotes,
} from '../../adapters/page-claims/postgres/import-notes.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { ObjectStoreSpendingControlStore } from '../../adapters/spending-control-store/object-store.ts';
import { PostgresSpendingControlStore } from '../../adapters/spending-control-store/postgres.ts';
import { SpendingControl } from '../../domain/budget/spending-control.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';

export interface Imported {
  /** Days with records, and the rows of generations that are new or have changed. */
  days: ImportedRecords['days'];
  generations: ImportedRecords['generations'];
  /** Pages whose rows are new or have changed. */
  pages: ImportedNotes['pages'];
  /** Objects that cannot be read. Each is reported. */
  malformed: number;
  /** Whether the owner's spending instructions are new or have changed. */
  hasInstructions: boolean;
}

/**
 * Copies what a cafe without a database keeps in its store into the database: generations, pages and the
 * owner's spending instructions. The store stays as it is. It can run again, also while the service that
 * writes to the store still runs: run it before the switch, and once more after it.
 *
 * The instructions come first, so that a pause holds from the beginning.
 *
 * @throws CafeError `storage_unavailable`, also if the instructions are malformed, or
 *   `database_unavailable`
 */
export async function importFromStore(deps: {
  database: Database;
  store: ObjectStore;
  recordsPrefix: string;
  notice: Notice;
}): Promise<Imported> {
  const hasInstructions = await importInstructions(deps);
  const { days, generations, malformed } = await importRecords(deps);
  const notes = await importNotes(deps);
  return {
    days,
    generations,
    pages: notes.pages,
    malformed: malformed + notes.malformed,
    hasInstructions,
  };
}

async function importInstructions(deps: {
  database: Database;
  store: ObjectStore;
  recordsPrefix: string;
}): Promise<boolean> {
  const source = new ObjectStoreSpendingControlStore(deps);
  if (!(await source.read())) return false;
  const state = await new SpendingControl({ store: source }).read();
  return new PostgresSpendingControlStore(deps.database).adopt(state);
}
