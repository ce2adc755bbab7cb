import type fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import type { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { ObjectStorePageClaims } from '../../src/adapters/page-claims/object-store.ts';
import { PostgresPageClaims } from '../../src/adapters/page-claims/postgres.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { type ClaimsUnderTest, keys, LEASE_MS } from '../contracts/page-claims.contract.ts';
import type { ScheduledClaims } from '../contracts/page-claims-replicas.contract.ts';
import { CountedDatabase } from './counted-database.ts';
import { CountedStore } from './counted-store.ts';
import { openTestDatabase, type TestDatabase } from './embedded-database.ts';
import { ScheduledStore } from './scheduled-store.ts';

/** Claims on a store that all of its replicas share. */
export function claimsOver(inner: ObjectStore, recordsPrefix = 'records'): ClaimsUnderTest {
  const store = new CountedStore(inner);
  const journal = new MemoryJournal();
  const settings = { store, keys, recordsPrefix, journal, leaseMs: LEASE_MS };
  return {
    settled: () => store.settled(),
    writes: () => store.calls.put,
    open: (clock) => new ObjectStorePageClaims({ ...settings, clock }),
  };
}

/** Claims on one database for all tests of a file. It is empty before each test. */
export function claimsOverSql(open = openTestDatabase): () => Promise<ClaimsUnderTest> {
  const place = databaseOfFile(open);
  return async () => {
    const { opened, counted } = place;
    await opened.empty();
    return {
      settled: () => counted.settled(),
      writes: () => counted.calls,
      open: claimsWith(opened.database),
    };
  };
}

/** Claims on a store whose calls the scheduler orders. */
export async function claimsOverScheduledStore(scheduler: fc.Scheduler): Promise<ScheduledClaims> {
  const store = new ScheduledStore(scheduler);
  const journal = new MemoryJournal();
  const settings = { store, keys, recordsPrefix: 'records', journal, leaseMs: LEASE_MS };
  return {
    open: (clock) => new ObjectStorePageClaims({ ...settings, clock }),
    // Calls of a store in memory take effect at once.
    settled: async () => {},
  };
}

/** As {@link claimsOverSql}, with calls that the scheduler orders. */
export function claimsOverScheduledSql(): (scheduler: fc.Scheduler) => Promise<ScheduledClaims> {
  const place = databaseOfFile(openTestDatabase);
  return async (scheduler) => {
    const { opened, counted } = place;
    await counted.settled();
    await opened.empty();
    const { database } = opened;
    const scheduled: Pick<Database, 'run'> = {
      async run(work) {
        await scheduler.schedule(Promise.resolve());
        const result = await database.run(work);
        await scheduler.schedule(Promise.resolve());
        return result;
      },
    };
    return {
      open: claimsWith(scheduled),
      settled: () => counted.settled(),
    };
  };
}

/** A database for the file's tests, opened before the first and closed after the last. */
function databaseOfFile(open: () => Promise<TestDatabase>) {
  const place = {} as { opened: TestDatabase; counted: CountedDatabase };
  beforeAll(async () => {
    place.opened = await open();
    place.counted = new CountedDatabase(place.opened.database);
  });
  afterAll(() => place.opened.close());
  return place;
}

function claimsWith(database: Pick<Database, 'run'>) {
  const settings = { database, keys, journal: new MemoryJournal(), leaseMs: LEASE_MS };
  return (clock: ManualClock) => new PostgresPageClaims({ ...settings, clock });
}
