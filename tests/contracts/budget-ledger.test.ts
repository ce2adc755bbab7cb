import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';
import { budgetOverRecords, ledgerUnderTest } from '../support/open-budget.ts';
import { budgetLedgerContract, draft, NOON, subject } from './budget-ledger.contract.ts';

const refused = { state: 'refused', reason: 'moderation_blocked', durationMs: 5 } as const;
const publicBaseUrl = 'http://localhost:8080/images';

const ledgerOver = (store: ObjectStore) =>
  ledgerUnderTest(budgetOverRecords({ at: NOON, store, isControlled: false }));

async function temporaryStore() {
  const root = await mkdtemp(path.join(tmpdir(), 'cafe-ledger-'));
  onTestFinished(() => rm(root, { recursive: true }));
  return new FilesystemImageStore({ root, publicBaseUrl });
}

budgetLedgerContract('records in memory', async () =>
  ledgerOver(new MemoryImageStore({ publicBaseUrl })),
);
budgetLedgerContract('records in files', async () => ledgerOver(await temporaryStore()));

describe('the records', () => {
  async function recordsOf(store: ObjectStore) {
    const records = [];
    for await (const { key } of store.list('records/')) {
      const object = await store.get(key);
      records.push({ key, record: JSON.parse(Buffer.from(object?.bytes ?? []).toString()) });
    }
    return records;
  }

  it('tell all that is known of a generation, before and after its call', async () => {
    const { open, store, clock } = ledgerOver(new MemoryImageStore({ publicBaseUrl }));
    const asked = draft({ model: 'gpt-image-1.5', prompt: 'a dish' });
    const reservation = await open(3).reserve(asked);
    const { id } = asked;
    const common = {
      id,
      reservedAt: '2026-11-21T12:00:00.000Z',
      page: { type: 'article', path: '/posts/a' },
      country: 'FR',
      prompt: 'a dish',
    };
    expect(await recordsOf(store)).toEqual([
      {
        key: `records/2026/11/21/${id}-france.reserved.34000.json`,
        record: { ...common, state: 'reserved', model: 'gpt-image-1.5', costMicroUsd: 34_000 },
      },
    ]);
    await clock.advance(20_000);
    await reservation?.settle({
      state: 'spent',
      model: 'gpt-image-2',
      costMicroUsd: 32_500,
      durationMs: 20_000,
      tokens: { input: 100, output: 1000 },
    });
    expect(await recordsOf(store)).toEqual([
      {
        key: `records/2026/11/21/${id}-france.spent.32500.json`,
        record: {
          ...common,
          state: 'spent',
          settledAt: '2026-11-21T12:00:20.000Z',
          model: 'gpt-image-2',
          costMicroUsd: 32_500,
          durationMs: 20_000,
          tokens: { input: 100, output: 1000 },
        },
      },
    ]);
  });

  it('of a refused call cost nothing, and say why', async () => {
    const { open, store } = ledgerOver(new MemoryImageStore({ publicBaseUrl }));
    const asked = draft({ subject: subject(undefined) });
    const reservation = await open(3).reserve(asked);
    await reservation?.settle({ state: 'refused', reason: 'moderation_blocked', durationMs: 5 });
    const [only] = await recordsOf(store);
    expect(only?.key).toBe(`records/2026/11/21/${asked.id}.refused.0.json`);
    expect(only?.record).toMatchObject({ costMicroUsd: 0, reason: 'moderation_blocked' });
  });
});

describe('a ledger whose store fails', () => {
  class FailingStore extends MemoryImageStore {
    fail: 'list' | 'put' | 'delete' | undefined;

    override async *list(prefix: string) {
      if (this.fail === 'list') throw new CafeError('storage_unavailable', 'down');
      yield* super.list(prefix);
    }
    override put(...args: Parameters<MemoryImageStore['put']>) {
      if (this.fail !== 'put') return super.put(...args);
      return Promise.reject(new CafeError('storage_unavailable', 'down'));
    }
    override delete(key: string) {
      if (this.fail !== 'delete') return super.delete(key);
      return Promise.reject(new CafeError('storage_unavailable', 'down'));
    }
  }

  it.each(['list', 'put'] as const)('grants nothing when %s fails, and recovers', async (call) => {
    const store = new FailingStore({ publicBaseUrl });
    const ledger = ledgerOver(store).open(2);
    store.fail = call;
    const outcomes = await Promise.allSettled([ledger.reserve(draft()), ledger.reserve(draft())]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ reason: { code: 'storage_unavailable' } });
    }
    store.fail = undefined;
    expect(await ledger.reserve(draft())).toBeDefined();
  });

  it.each([
    ['spent', 'put', 0],
    ['spent', 'delete', 0],
    ['refused', 'put', 0],
    ['refused', 'delete', 1],
  ] as const)(
    'never counts a unit twice or too little: %s, %s fails',
    async (state, call, left) => {
      const store = new FailingStore({ publicBaseUrl });
      const { open } = ledgerOver(store);
      const reservation = await open(1).reserve(draft());
      store.fail = call;
      const outcome =
        state === 'spent'
          ? ({ state, model: 'm', costMicroUsd: 1, durationMs: 1 } as const)
          : ({ state, reason: 'r', durationMs: 1 } as const);
      await expect(reservation?.settle(outcome)).rejects.toThrow('down');
      store.fail = undefined;
      const ledger = open(1);
      const next = await Promise.all([ledger.reserve(draft()), ledger.reserve(draft())]);
      expect(next.filter(Boolean)).toHaveLength(left);
    },
  );

  it('serves no caller again whose record cannot be deleted', async () => {
    const store = new FailingStore({ publicBaseUrl });
    const { open } = ledgerOver(store);
    const other = open(2);
    const [one, two] = [await other.reserve(draft()), await other.reserve(draft())];
    const puts = vi.spyOn(store, 'put');
    vi.spyOn(store, 'delete').mockImplementationOnce(async () => {
      await Promise.all([one?.settle(refused), two?.settle(refused)]);
      throw new CafeError('storage_unavailable', 'down');
    });
    expect(await open(2).reserve(draft())).toBeUndefined();
    expect(puts.mock.calls.filter(([key]) => key.includes('.reserved.'))).toHaveLength(1);
  });

  it('loses no unit by a record that is written though the store reports a failure', async () => {
    const store = new FailingStore({ publicBaseUrl });
    const { open } = ledgerOver(store);
    const put = store.put.bind(store);
    vi.spyOn(store, 'put').mockImplementationOnce(async (...args) => {
      await put(...args);
      throw new CafeError('storage_unavailable', 'The answer is lost.');
    });
    await expect(open(1).reserve(draft())).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await open(1).reserve(draft())).toBeDefined();
  });

  it('counts for the dearest of those who ask at once', async () => {
    const { open, store, keys } = ledgerOver(new MemoryImageStore({ publicBaseUrl }));
    const png = `${keys.dayPrefix(draft().day)}a-stranger.png`;
    await store.put(png, Buffer.from('x'), { contentType: 'image/png' });
    const ledger = open(9, { dailyMicroUsd: 100 });
    // The first one is served alone, the others behind it together.
    const asked = [5, 10, 50].map((reservedMicroUsd) => draft({ reservedMicroUsd }));
    const granted = await Promise.all(asked.map((each) => ledger.reserve(each)));
    expect(granted.map(Boolean)).toEqual([true, true, false]);
  });

  it('K15: writes no name again that it has deleted', async () => {
    const store = new FailingStore({ publicBaseUrl });
    const { open } = ledgerOver(store);
    const other = open(2);
    const [one, two] = [await other.reserve(draft()), await other.reserve(draft())];
    const puts = vi.spyOn(store, 'put');
    const withdraw = store.delete.bind(store);
    vi.spyOn(store, 'delete').mockImplementationOnce(async (key) => {
      await withdraw(key);
      await Promise.all([one?.settle(refused), two?.settle(refused)]);
    });
    const asked = draft();
    const granted = await open(2).reserve(asked);
    const names = puts.mock.calls.map(([key]) => key).filter((key) => key.includes('.reserved.'));
    expect(new Set(names).size).toBe(2);
    expect(granted?.id).not.toBe(asked.id);
    expect(names[1]).toContain(granted?.id);
  });
});
