import { afterAll, beforeAll } from 'vitest';
import { MemoryAccountStore } from '../../src/adapters/account-store/memory.ts';
import { PostgresAccountStore } from '../../src/adapters/account-store/postgres.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';
import { accountStoreContract } from './account-store.contract.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());

accountStoreContract('MemoryAccountStore', async () => {
  const store = new MemoryAccountStore();
  return { store, another: store };
});

accountStoreContract('PostgresAccountStore', async () => {
  await opened.empty();
  const { database } = opened;
  return { store: new PostgresAccountStore(database), another: new PostgresAccountStore(database) };
});
