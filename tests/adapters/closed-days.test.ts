import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ObjectStoreBudgetLedger } from '../../src/adapters/budget-ledger/object-store.ts';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import type { GenerationOutcome } from '../../src/domain/budget/generation-record.ts';
import type { Day } from '../../src/domain/kernel/day.ts';
import { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import { type Dollars, draft, NOON, RestlessClock } from '../contracts/budget-ledger.contract.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const JSON_LABELS = { contentType: 'application/json' };

function cafe(clock: ManualClock = new RestlessClock(NOON)) {
  const store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });
  const keys = new ImageKeys('generated/v2');
  const notices: { message: string; details: Record<string, unknown> }[] = [];
  const open = (dailyLimit = 9, dollars: Dollars = {}) => {
    const ledger = new ObjectStoreBudgetLedger({
      store,
      keys,
      clock,
      dailyLimit,
      ...dollars,
      recordsPrefix: 'records',
      notice: (message, details) => notices.push({ message, details }),
    });
    onTestFinished(() => ledger.close());
    return ledger;
  };
  /** Leaves records of days gone by, and folds none. */
  const openOfLongAgo = async () => {
    const ledger = open();
    await ledger.close();
    return ledger;
  };
  /** Buys a picture on a day; without an outcome nobody ever says how it ended. */
  const buy = async (ledger: ObjectStoreBudgetLedger, day: Day, outcome?: GenerationOutcome) => {
    const asked = draft({ day });
    const reservation = await ledger.reserve(asked);
    if (outcome) await reservation?.settle(outcome);
    return reservation && asked.id;
  };
  const recordKeys = async () => {
    const rows = await Array.fromAsync(store.list('records/'));
    return rows.map(({ key }) => key.slice('records/'.length));
  };
  const contentOf = async (key: string) =>
    JSON.parse(Buffer.from((await store.get(`records/${key}`))?.bytes ?? []).toString());
  return { store, clock, notices, open, openOfLongAgo, buy, recordKeys, contentOf };
}

const spent = (costMicroUsd: number) =>
  ({ state: 'spent', model: 'm', costMicroUsd, durationMs: 9 }) as const;
const unknown = { state: 'unknown', reason: 'reset', durationMs: 9 } as const;
const refused = { state: 'refused', reason: 'moderation_blocked', durationMs: 9 } as const;

describe("a closed day's records", () => {
  it('become one file that holds each of them in full, and tells their sum by its name', async () => {
    const { clock, open, buy, recordKeys, contentOf } = cafe();
    const ledger = open();
    for (const outcome of [spent(30_000), unknown, refused, undefined]) {
      await clock.advance(1000);
      await buy(ledger, '2026/11/21', outcome);
    }
    const singles = await Promise.all((await recordKeys()).map(contentOf));
    await clock.advance(DAY);
    await buy(ledger, '2026/11/22');
    await ledger.finished();

    const [fold = '', ...others] = await recordKeys();
    expect(fold).toBe('2026/11/21.3.98000.json');
    expect(others).toEqual([expect.stringMatching(/^2026\/11\/22\/.*reserved/)]);
    const { records } = await contentOf(fold);
    const bySecond = (a: { reservedAt: string }, b: { reservedAt: string }) =>
      a.reservedAt < b.reservedAt ? -1 : 1;
    const expected = singles
      .sort(bySecond)
      .map((record) =>
        record.state === 'reserved'
          ? { ...record, state: 'unknown', reason: 'never_settled' }
          : record,
      );
    expect(records).toEqual(expected);
  });

  it('stay as they are until nothing of the day can be under way', async () => {
    const { clock, open, buy, recordKeys } = cafe();
    const ledger = open();
    await buy(ledger, '2026/11/21', spent(30_000));
    await clock.advance(13 * HOUR + 14 * 60_000);
    await buy(ledger, '2026/11/22', spent(30_000));
    await ledger.finished();
    expect((await recordKeys())[0]).toMatch(/^2026\/11\/21\/.*spent/);
    await clock.advance(60_000);
    await buy(ledger, '2026/11/22', spent(30_000));
    await ledger.finished();
    expect((await recordKeys())[0]).toBe('2026/11/21.1.30000.json');
  });

  it('are folded for every day of the last weeks at the first count, with one listing more', async () => {
    const { store, open, openOfLongAgo, buy, recordKeys } = cafe();
    const days = ['2026/09/15', '2026/10/20', '2026/11/03', '2026/11/19'] as const;
    const past = await openOfLongAgo();
    for (const day of days) await buy(past, day, spent(10_000));
    const unfolded = await recordKeys();
    const lists = vi.spyOn(store, 'list');
    const ledger = open();
    await buy(ledger, '2026/11/21');
    await ledger.finished();
    expect(lists).toHaveBeenCalledTimes(3);
    const [first, ...rest] = await recordKeys();
    expect(first).toBe(unfolded[0]);
    expect(rest.slice(0, -1)).toEqual(days.slice(1).map((day) => `${day}.1.10000.json`));
  });

  it('are folded once by replicas that do it at the same moment', async () => {
    const { clock, open, buy, recordKeys, notices } = cafe();
    const first = open();
    for (const cost of [1, 2, 3]) await buy(first, '2026/11/21', spent(cost));
    await clock.advance(DAY);
    const replicas = [open(), open(), open()];
    await Promise.all(replicas.map((replica) => buy(replica, '2026/11/22', refused)));
    await Promise.all(replicas.map((replica) => replica.finished()));
    expect((await recordKeys()).filter((key) => key.startsWith('2026/11/21'))).toEqual([
      '2026/11/21.3.6.json',
    ]);
    expect(notices).toEqual([]);
  });

  it('are left to the replica that is already deleting them', async () => {
    const { store, clock, open, buy, recordKeys } = cafe();
    const ledger = open();
    for (const cost of [1, 2]) await buy(ledger, '2026/11/21', spent(cost));
    const before = await recordKeys();
    await clock.advance(DAY);
    vi.spyOn(store, 'get').mockResolvedValueOnce(undefined);
    await buy(ledger, '2026/11/22', refused);
    await ledger.finished();
    expect((await recordKeys()).slice(0, 2)).toEqual(before);
  });

  it('count once when a crash left them beside their fold, which the next one tidies up', async () => {
    const { clock, open, buy, recordKeys } = cafe(new ManualClock(NOON));
    const dollars = { monthlyMicroUsd: 100_000 };
    const first = open(9, dollars);
    await buy(first, '2026/11/21', spent(16_000));
    await buy(first, '2026/11/21', spent(16_000));
    await clock.advance(DAY);
    await buy(first, '2026/11/22', refused);
    await clock.advance(10_000);
    await vi.waitFor(async () => expect(await recordKeys()).toHaveLength(4));
    await first.close();

    const second = open(9, dollars);
    // 32,000 are used, so two at 34,000 fit and no third.
    const bought = [];
    for (let times = 0; times < 3; times += 1) bought.push(await buy(second, '2026/11/22'));
    expect(bought.map((id) => id !== undefined)).toEqual([true, true, false]);
    const tidied = second.finished();
    await clock.advance(10_000);
    await vi.waitFor(() => expect(clock.sleepers).toBeGreaterThan(0));
    await clock.advance(60_000);
    await tidied;
    expect((await recordKeys()).filter((key) => key.startsWith('2026/11/21'))).toEqual([
      '2026/11/21.2.32000.json',
    ]);
  });

  it('that came after the fold are in the next one', async () => {
    const { store, clock, open, buy, recordKeys, contentOf } = cafe();
    const ledger = open();
    const asked = draft();
    const late = await ledger.reserve(asked);
    await clock.advance(DAY);
    await buy(ledger, '2026/11/22', spent(1));
    await ledger.finished();
    expect((await recordKeys())[0]).toBe('2026/11/21.1.34000.json');

    await late?.settle(spent(20_000));
    const other = { ...(await contentOf('2026/11/21.1.34000.json')).records[0], id: 'other' };
    const key = `records/2026/11/21/other.unknown.34000.json`;
    await store.put(key, Buffer.from(JSON.stringify(other)), JSON_LABELS);
    await clock.advance(DAY);
    await buy(ledger, '2026/11/23', spent(1));
    await ledger.finished();
    const keys = await recordKeys();
    expect(keys.slice(0, 2)).toEqual(['2026/11/21.2.54000.json', '2026/11/22.1.1.json']);
    const { records } = await contentOf('2026/11/21.2.54000.json');
    expect(records).toContainEqual(other);
    expect(records).toContainEqual(
      expect.objectContaining({ id: asked.id, state: 'spent', costMicroUsd: 20_000 }),
    );
  });

  it('are not deleted as long as no fold has them, though one of the same name is there', async () => {
    const { store, clock, open, buy, recordKeys, contentOf } = cafe();
    const ledger = open();
    await buy(ledger, '2026/11/21', spent(5));
    await clock.advance(DAY);
    await buy(ledger, '2026/11/22', spent(5));
    await ledger.finished();
    const [one] = (await contentOf('2026/11/21.1.5.json')).records;
    const late = { ...one, id: 'late', state: 'refused', costMicroUsd: 0 };
    const key = 'records/2026/11/21/late.refused.0.json';
    await store.put(key, Buffer.from(JSON.stringify(late)), JSON_LABELS);
    await clock.advance(DAY);
    await buy(ledger, '2026/11/23', spent(1));
    await ledger.finished();
    expect((await recordKeys()).slice(0, 3)).toEqual([
      '2026/11/21.1.5.json',
      '2026/11/21/late.refused.0.json',
      '2026/11/22.1.5.json',
    ]);
  });
});

describe('a closed day', () => {
  it('K9: grants nothing when the clock jumps back into it, and is known as spent', async () => {
    const { clock, open, buy, recordKeys } = cafe();
    const ledger = open(9);
    await buy(ledger, '2026/11/21', spent(5));
    await clock.advance(DAY);
    await buy(ledger, '2026/11/22', spent(5));
    await ledger.finished();
    clock.jump(-DAY);
    for (const replica of [ledger, open(9), open(9, { monthlyMicroUsd: 34_000_000 })]) {
      expect(await buy(replica, '2026/11/21')).toBeUndefined();
      expect(replica.isSpent('2026/11/21')).toBe(true);
      await replica.finished();
    }
    expect((await recordKeys()).filter((key) => key.startsWith('2026/11/21'))).toEqual([
      '2026/11/21.1.5.json',
    ]);
  });

  it('counts in its month as its name says', async () => {
    const { open, openOfLongAgo, buy, recordKeys } = cafe();
    const first = await openOfLongAgo();
    for (const day of ['2026/11/18', '2026/11/19'] as const) {
      for (const cost of [20_000, 10_000]) await buy(first, day, spent(cost));
    }
    const second = open();
    await buy(second, '2026/11/20', refused);
    await second.finished();
    expect((await recordKeys()).slice(0, 2)).toEqual([
      '2026/11/18.2.30000.json',
      '2026/11/19.2.30000.json',
    ]);
    expect(await buy(open(9, { monthlyMicroUsd: 93_999 }), '2026/11/21')).toBeUndefined();
    const exact = open(9, { monthlyMicroUsd: 94_000 });
    expect(await buy(exact, '2026/11/21', spent(34_000))).toBeDefined();
    expect(await buy(exact, '2026/11/21')).toBeUndefined();
    expect(exact.isSpent('2026/11/21')).toBe(true);
  });

  it('counts at the higher name where it was folded twice', async () => {
    const { store, open, buy } = cafe();
    const fold = Buffer.from('{"records":[]}');
    for (const name of ['18.2.30000', '18.1.60000']) {
      await store.put(`records/2026/11/${name}.json`, fold, JSON_LABELS);
    }
    expect(await buy(open(9, { monthlyMicroUsd: 93_999 }), '2026/11/21')).toBeUndefined();
    expect(await buy(open(9, { monthlyMicroUsd: 94_000 }), '2026/11/21')).toBeDefined();
  });
});

describe('folding', () => {
  it('costs a reservation no listing, and begins when it is served', async () => {
    const { store, clock, open, buy } = cafe(new ManualClock(NOON));
    const ledger = open(9, { dailyMicroUsd: 34_000_000 });
    await buy(ledger, '2026/11/21', spent(5));
    await clock.advance(DAY);
    const lists = vi.spyOn(store, 'list');
    await buy(ledger, '2026/11/22', spent(5));
    expect(lists.mock.calls.map(([prefix]) => prefix)).toEqual([
      'generated/v2/2026/11/22/',
      'records/2026/11/22',
    ]);
  });

  it.each(['list', 'get', 'put', 'delete'] as const)(
    'that fails at %s is told, harms no reservation and is made up for the next day',
    async (call) => {
      const { store, clock, open, buy, recordKeys, notices } = cafe(new ManualClock(NOON));
      const ledger = open(9);
      await buy(ledger, '2026/11/21', spent(5));
      await clock.advance(DAY);
      expect(await buy(ledger, '2026/11/22', spent(5))).toBeDefined();
      const down = vi.spyOn(store, call).mockImplementation(() => {
        throw new Error('down');
      });
      const work = ledger.finished();
      await clock.advance(10_000);
      await clock.advance(60_000);
      await work;
      expect(notices).toMatchObject([{ details: { cause: { message: 'down' } } }]);
      down.mockRestore();

      await clock.advance(DAY);
      expect(await buy(ledger, '2026/11/23', spent(5))).toBeDefined();
      const again = ledger.finished();
      await clock.advance(10_000);
      await clock.advance(60_000);
      await again;
      expect((await recordKeys()).slice(0, 2)).toEqual([
        '2026/11/21.1.5.json',
        '2026/11/22.1.5.json',
      ]);
    },
  );

  it.each(['{', '{}', '{"id":"a","state":"refused","costMicroUsd":0}'])(
    'leaves a day alone of which a record is %s, and folds the others',
    async (content) => {
      const { store, open, openOfLongAgo, buy, recordKeys, notices } = cafe();
      const broken = '2026/11/18/a.spent.5.json';
      await store.put(`records/${broken}`, Buffer.from(content), JSON_LABELS);
      await buy(await openOfLongAgo(), '2026/11/19', spent(5));
      const ledger = open();
      await buy(ledger, '2026/11/21');
      await ledger.finished();
      expect((await recordKeys()).slice(0, 2)).toEqual([broken, '2026/11/19.1.5.json']);
      expect(notices).toMatchObject([{ details: { day: '2026/11/18' } }]);
    },
  );
});
