import { afterAll, beforeAll } from 'vitest';
import { PostgresAccountStore } from '../../src/adapters/account-store/postgres.ts';
import { accountStoreContract } from '../contracts/account-store.contract.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());

accountStoreContract('PostgresAccountStore on a server', async () => {
  await opened.empty();
  const { database } = opened;
  return { store: new PostgresAccountStore(database), another: new PostgresAccountStore(database) };
});
