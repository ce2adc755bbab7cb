import { PostgresSpendingControlStore } from '../../src/adapters/spending-control-store/postgres.ts';
import { spendingControlStoreContract } from '../contracts/spending-control-store.contract.ts';
import { databaseOfFile } from '../support/open-budget.ts';

const place = databaseOfFile();
spendingControlStoreContract('a row in PostgreSQL', async () => {
  const { database, empty } = place.opened;
  await empty();
  return [new PostgresSpendingControlStore(database), new PostgresSpendingControlStore(database)];
});
