import { describe, expect, it } from 'vitest';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { budgetOverRecords } from '../support/open-budget.ts';
import { SteppedStore } from '../support/stepped-store.ts';
import {
  budgetControlContract,
  grantedOf,
  many,
  ownerOf,
  TODAY,
} from './budget-control.contract.ts';
import { draft, NOON } from './budget-ledger.contract.ts';

budgetControlContract('a budget kept as records', async () => budgetOverRecords({ at: NOON }));

const open = (store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' })) =>
  ownerOf(budgetOverRecords({ at: NOON, store }));

describe('a pause while records are written', () => {
  it('leaves nothing reserved', async () => {
    const { start, store, pause } = open();
    const ledger = start(10);
    await grantedOf(many(ledger, 1));
    await pause(true);
    expect(await grantedOf(many(ledger, 4))).toBe(0);
    expect(await Array.fromAsync(store.list(`records/${TODAY}/`))).toHaveLength(1);
  });

  it('holds for a reservation that is just being written', async () => {
    const { start, store, pause } = open();
    const ledger = start(10);
    await grantedOf(many(ledger, 1));
    const put = store.put.bind(store);
    store.put = async (...args) => {
      const etag = await put(...args);
      if (args[0].includes('.reserved.')) await pause(true);
      return etag;
    };
    expect(await grantedOf(many(ledger, 1))).toBe(0);
  });
});

describe('what the owner has told', () => {
  it.each(['', '{}', '[]', 'null', '{"paused":true,"budget":{"day":"x","pictures":-1}}'])(
    'is not guessed from %j: nothing is bought',
    async (text) => {
      const { start, store } = open();
      await store.put('records/control.json', Buffer.from(text), { contentType: 'text/plain' });
      const ledger = start(3);
      await expect(ledger.reserve(draft())).rejects.toMatchObject({ code: 'storage_unavailable' });
    },
  );

  it('is read while the records are listed, which takes no longer', async () => {
    const store = new SteppedStore();
    const { start } = open(store);
    const ledger = start(9);
    await store.stepsOf(ledger.reserve(draft()));
    // The record is written and the pictures are listed; then the records are, and the control is read.
    expect(await store.stepsOf(ledger.reserve(draft()))).toBe(2);
  });

  it('costs one look beside the listings, and mostly none', async () => {
    const { start, store } = open();
    let looks = 0;
    const get = store.get.bind(store);
    store.get = (key) => {
      looks += key === 'records/control.json' ? 1 : 0;
      return get(key);
    };
    const ledger = start(3);
    await grantedOf(many(ledger, 3));
    // Of the one that came first, and one for each of the batches that were counted.
    expect(looks).toBeLessThanOrEqual(3);
    const before = looks;
    for (let n = 0; n < 100; n += 1) ledger.isSpent(TODAY);
    expect(looks).toBe(before);
  });
});
