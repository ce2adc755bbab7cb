import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import type { Reservation } from '../../src/domain/budget/budget-ledger.ts';
import { SpendingControl } from '../../src/domain/budget/spending-control.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import { SteppedStore } from '../support/stepped-store.ts';
import { draft, NOON, RestlessClock } from './budget-ledger.contract.ts';

const TODAY = '2026/11/21';

function open(store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' })) {
  const keys = new ImageKeys('generated/v2');
  const clock = new RestlessClock(NOON);
  const control = new SpendingControl({ store, recordsPrefix: 'records' });
  const start = (dailyLimit: number, share = 1) => {
    const common = { store, keys, clock, recordsPrefix: 'records', control, share };
    const ledger = new ObjectStoreBudgetLedger({ ...common, dailyLimit });
    onTestFinished(() => ledger.close());
    return ledger;
  };
  const tell = (pictures: number) =>
    control.change((state) => ({ ...state, budget: { day: TODAY, pictures } }));
  const pause = (paused: boolean) => control.change((state) => ({ ...state, paused }));
  return { start, store, clock, control, tell, pause };
}

async function grantedOf(asked: Promise<Reservation | undefined>[]): Promise<number> {
  return (await Promise.all(asked)).filter((reservation) => reservation !== undefined).length;
}

const many = (ledger: ObjectStoreBudgetLedger, count: number, day = TODAY as typeof TODAY) =>
  Array.from({ length: count }, () => ledger.reserve(draft({ day })));

describe('a budget that the owner changes', () => {
  it('K10: grants at once no more than what is less', async () => {
    const { start, tell } = open();
    const ledger = start(10);
    expect(await grantedOf(many(ledger, 3))).toBe(3);
    await tell(5);
    expect(await grantedOf(many(ledger, 9))).toBe(2);
  });

  it('grants what is more within seconds, also where the day was known to be used up', async () => {
    const { start, tell, clock } = open();
    const ledger = start(2);
    const settled = await Promise.all(many(ledger, 2));
    for (const each of settled) {
      await each?.settle({ state: 'unknown', reason: 'reset', durationMs: 1 });
    }
    expect(await grantedOf(many(ledger, 1))).toBe(0);
    expect(ledger.isSpent(TODAY)).toBe(true);
    await tell(4);
    await clock.advance(5000);
    ledger.isSpent(TODAY);
    await turn();
    expect(ledger.isSpent(TODAY)).toBe(false);
    expect(await grantedOf(many(ledger, 9))).toBe(2);
  });

  it('is exact over replicas that hear of it at different times', async () => {
    const { start, tell } = open();
    const [one, two] = [start(3), start(3)];
    expect(await grantedOf([...many(one, 2), ...many(two, 1)])).toBe(3);
    await tell(7);
    const late = [start(3), start(3), start(3)];
    expect(await grantedOf(late.flatMap((ledger) => many(ledger, 5)))).toBe(4);
  });

  it('is another one for that day alone', async () => {
    const { start, tell } = open();
    await tell(1);
    const ledger = start(3);
    expect(await grantedOf(many(ledger, 5))).toBe(1);
    const tomorrow = Array.from({ length: 5 }, () => ledger.reserve(draft({ day: '2026/11/22' })));
    expect(await grantedOf(tomorrow)).toBe(3);
  });

  it('gives healing its share of it', async () => {
    const { start, tell } = open();
    await tell(9);
    expect(await grantedOf(many(start(1, 0.5), 9))).toBe(4);
  });

  it('that is configured to be nothing can be raised, too', async () => {
    const { start, tell } = open();
    await tell(2);
    expect(await grantedOf(many(start(0), 5))).toBe(2);
  });
});

describe('a pause', () => {
  it('is kept at once, whatever is known to be left, and leaves nothing reserved', async () => {
    const { start, store, pause } = open();
    const ledger = start(10);
    await grantedOf(many(ledger, 1));
    await pause(true);
    expect(await grantedOf(many(ledger, 4))).toBe(0);
    expect(ledger.isSpent(TODAY)).toBe(true);
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

  it('ends for all within seconds', async () => {
    const { start, clock, pause } = open();
    await pause(true);
    const ledger = start(10);
    expect(await grantedOf(many(ledger, 1))).toBe(0);
    await pause(false);
    await clock.advance(5000);
    expect(await grantedOf(many(ledger, 12))).toBe(10);
  });

  it('and a changed budget at the same moment are both kept', async () => {
    const { control, tell, pause } = open();
    await Promise.all([tell(4), pause(true), tell(4)]);
    expect(await control.read()).toEqual({ paused: true, budget: { day: TODAY, pictures: 4 } });
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
