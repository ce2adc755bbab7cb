import { expect, it } from 'vitest';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import {
  controlKey,
  ObjectStoreSpendingControlStore,
} from '../../src/adapters/spending-control-store/object-store.ts';
import { PostgresSpendingControlStore } from '../../src/adapters/spending-control-store/postgres.ts';
import { databaseOfFile } from '../support/open-budget.ts';
import { connectS3Store, failureOf } from '../support/open-s3-store.ts';
import { spendingControlStoreContract } from './spending-control-store.contract.ts';

const recordsPrefix = 'records';
const memory = () => new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });

spendingControlStoreContract('an object in memory', async () => {
  const store = memory();
  const open = () => new ObjectStoreSpendingControlStore({ store, recordsPrefix });
  return [open(), open()];
});
spendingControlStoreContract('an object in a bucket', async () => {
  const { store } = await connectS3Store();
  const open = () => new ObjectStoreSpendingControlStore({ store, recordsPrefix });
  return [open(), open()];
});

const place = databaseOfFile();
spendingControlStoreContract('a row in the embedded database', async () => {
  const { database, empty } = place.opened;
  await empty();
  return [new PostgresSpendingControlStore(database), new PostgresSpendingControlStore(database)];
});

it('a row that takes over other instructions refuses a change that does not know them', async () => {
  const { database, empty } = place.opened;
  await empty();
  const control = new PostgresSpendingControlStore(database);
  await control.adopt({ paused: false });
  const read = await control.read();
  expect(await control.adopt({ paused: true })).toBe(true);
  expect(await control.write({ paused: false, budget: {} }, read?.version)).toBe(false);
  const again = await control.read();
  expect(again?.content).toEqual({ paused: true });
  expect(await control.write({ paused: false }, again?.version)).toBe(true);
  expect(await control.adopt({ paused: true })).toBe(false);
});

it.each(['', '{', 'x'])('an object of %j has no content, and can be replaced', async (text) => {
  const store = memory();
  await store.put(controlKey(recordsPrefix), Buffer.from(text), { contentType: 'text/plain' });
  const control = new ObjectStoreSpendingControlStore({ store, recordsPrefix });
  const read = await control.read();
  expect(read).toMatchObject({ content: undefined });
  expect(await control.write({ paused: true }, read?.version)).toBe(true);
});

it('is unavailable where its bucket is', async () => {
  const { store, standIn } = await connectS3Store();
  const control = new ObjectStoreSpendingControlStore({ store, recordsPrefix });
  standIn.fault({}, { kind: 'status', status: 403, code: 'AccessDenied' }, 99);
  await failureOf(control.read());
  await failureOf(control.write({ paused: true }, undefined));
});
