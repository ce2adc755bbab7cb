import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { BudgetLedger, Reservation } from '../../src/domain/budget/budget-ledger.ts';
import type {
  GenerationDraft,
  GenerationSubject,
} from '../../src/domain/budget/generation-record.ts';
import { countryByCode } from '../../src/domain/countries/country.ts';
import type { Day } from '../../src/domain/kernel/day.ts';
import type { ImageKeys } from '../../src/domain/storage/image-keys.ts';
import type { ObjectStore } from '../../src/domain/storage/object-store.ts';

/** Limits in millionths of a US dollar. */
export interface Dollars {
  dailyMicroUsd?: number;
  monthlyMicroUsd?: number;
}

export interface LedgerUnderTest {
  /** A ledger like that of a freshly started process, on the same store and clock. */
  open(dailyLimit: number, dollars?: Dollars): BudgetLedger;
  /** Lets the ledgers see the PNGs of 2026-11-21 that are in the store now. */
  settleListing(): Promise<void>;
  store: ObjectStore;
  keys: ImageKeys;
  /** At 2026-11-21 12:00 UTC. */
  clock: ManualClock;
}

export const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const PNG = { contentType: 'image/png' };
const spent = { state: 'spent', model: 'm', costMicroUsd: 5, durationMs: 9 } as const;
const unknown = { state: 'unknown', reason: 'reset', durationMs: 9 } as const;
const refused = { state: 'refused', reason: 'moderation_blocked', durationMs: 9 } as const;

/** What any reservation may be for: a picture of its own at 34,000 on 2026-11-21. */
/** A page's, in a country or worldwide. */
export function subject(country: GenerationSubject['country']): GenerationSubject {
  return { kind: 'page', page: { type: 'article', path: '/posts/a' }, country };
}

export function draft(differences: Partial<GenerationDraft> = {}): GenerationDraft {
  return {
    id: randomUUID(),
    day: '2026/11/21',
    subject: subject(countryByCode('FR')),
    model: 'm',
    prompt: 'p',
    reservedMicroUsd: 34_000,
    ...differences,
  };
}

/** Waits take a turn and no time. */
export class RestlessClock extends ManualClock {
  override sleep(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** What every budget ledger must do; see the port. */
export function budgetLedgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  const reserveMany = (
    ledger: BudgetLedger,
    count: number,
    differences?: Partial<GenerationDraft>,
  ) => Promise.all(Array.from({ length: count }, () => ledger.reserve(draft(differences))));
  const granted = (reservations: (Reservation | undefined)[]) =>
    reservations.filter((reservation) => reservation !== undefined);

  describe(`${name} as a budget ledger`, () => {
    it('K1: grants exactly what is left, however many ask at once', async () => {
      const { open: start } = await open();
      const ledger = start(5);
      expect(granted(await reserveMany(ledger, 40))).toHaveLength(5);
      expect(await ledger.reserve(draft())).toBeUndefined();
    });

    it('grants exactly what is left to callers that arrive while others are served', async () => {
      const { open: start } = await open();
      const ledger = start(7);
      const waves = [];
      for (let wave = 0; wave < 8; wave += 1) {
        waves.push(reserveMany(ledger, 3));
        await turn();
      }
      expect(granted((await Promise.all(waves)).flat())).toHaveLength(7);
    });

    it('remembers reservations over a restart, settled or not', async () => {
      const { open: start } = await open();
      const [one, two] = granted(await reserveMany(start(4), 3));
      await one?.settle(spent);
      await two?.settle(unknown);
      expect(granted(await reserveMany(start(4), 5))).toHaveLength(1);
    });

    it('gives a refused unit back, and only that', async () => {
      const { open: start } = await open();
      const ledger = start(3);
      const [one, two, three] = granted(await reserveMany(ledger, 3));
      await Promise.all([one?.settle(spent), two?.settle(unknown), three?.settle(refused)]);
      expect(granted(await reserveMany(ledger, 5))).toHaveLength(1);
      expect(granted(await reserveMany(start(3), 5))).toHaveLength(0);
    });

    it('lets the first settling decide', async () => {
      const { open: start } = await open();
      const ledger = start(1);
      const reservation = await ledger.reserve(draft());
      await reservation?.settle(spent);
      await reservation?.settle(refused);
      expect(await ledger.reserve(draft())).toBeUndefined();
      expect(await start(1).reserve(draft())).toBeUndefined();
    });

    it('K2: counts every PNG of the day, whoever put it there and whatever its name', async () => {
      const { open: start, store, keys } = await open();
      const ledger = start(4);
      const today = keys.dayPrefix('2026/11/21');
      await store.put(`${today}${randomUUID()}-france.png`, Buffer.from('x'), PNG);
      await store.put(`${today}from-another-tool.png`, Buffer.from('x'), PNG);
      expect(granted(await reserveMany(ledger, 9))).toHaveLength(2);
    });

    it('K2: counts PNGs that appear while it runs', async () => {
      const { open: start, settleListing, store, keys } = await open();
      const ledger = start(2);
      await ledger.reserve(draft());
      await store.put(`${keys.dayPrefix('2026/11/21')}late.png`, Buffer.from('x'), PNG);
      await settleListing();
      expect(await ledger.reserve(draft())).toBeUndefined();
    });

    it('counts a generation once, though its record and its PNG are both there', async () => {
      const { open: start, store, keys } = await open();
      const ledger = start(2);
      const paid = draft();
      const reservation = await ledger.reserve(paid);
      await store.put(keys.dated({ ...paid, country: countryByCode('FR') }), Buffer.from('x'), PNG);
      await reservation?.settle(spent);
      expect(granted(await reserveMany(ledger, 5))).toHaveLength(1);
    });

    it('counts neither other days, nor other objects, nor other prefixes', async () => {
      const { open: start, store } = await open();
      const id = randomUUID();
      await Promise.all(
        [
          `generated/v2/2026/11/20/${id}.png`,
          `generated/v2/2026/11/22/${id}.png`,
          `generated/v2/2026/11/21/${id}.480.webp`,
          `generated/v2/2026/11/21/${id}.card.jpg`,
          `generated/v2/2026/11/21/notes.txt`,
          `generated/v2/page-cache/article/a-france.png`,
          `generated/v2/2026/11/210/${id}.png`,
        ].map((key) => store.put(key, Buffer.from('x'), PNG)),
      );
      expect(granted(await reserveMany(start(1), 3))).toHaveLength(1);
    });

    it('never grants more than the limit between replicas, and all of it while demand goes on', async () => {
      const { open: start } = await open();
      const replicas = [start(7), start(7), start(7)];
      const rush = await Promise.all(replicas.map((replica) => reserveMany(replica, 9)));
      let total = granted(rush.flat()).length;
      expect(total).toBeLessThanOrEqual(7);
      for (const replica of [...replicas, ...replicas]) {
        total += granted(await reserveMany(replica, 2)).length;
      }
      expect(total).toBe(7);
    });

    it('makes no listing once the day is known to be full for good', async () => {
      const { open: start, store } = await open();
      const ledger = start(2);
      for (const reservation of await reserveMany(ledger, 2)) await reservation?.settle(spent);
      await ledger.reserve(draft());
      const calls = vi.spyOn(store, 'list');
      expect(granted(await reserveMany(ledger, 5))).toHaveLength(0);
      expect(calls).not.toHaveBeenCalled();
    });

    it('K10: grants nothing and makes no call with a budget of 0', async () => {
      const { open: start, store } = await open();
      const calls = vi.spyOn(store, 'list');
      expect(await start(0).reserve(draft())).toBeUndefined();
      expect(calls).not.toHaveBeenCalled();
      for await (const { key } of store.list('records/')) expect(key).toBeUndefined();
    });

    it('K6: charges a reservation to the day that it is for, whatever the clock says', async () => {
      const { open: start, clock } = await open();
      const ledger = start(1);
      const last = await ledger.reserve(draft());
      expect(await ledger.reserve(draft())).toBeUndefined();
      await clock.advance(12 * HOUR);
      const next = await ledger.reserve(draft({ day: '2026/11/22' }));
      await last?.settle(spent);
      expect(next).toBeDefined();
      expect(await ledger.reserve(draft({ day: '2026/11/22' }))).toBeUndefined();
      expect(await ledger.reserve(draft())).toBeUndefined();
    });

    it('K7: serves callers of two days that come at once, each day with its own limit', async () => {
      const { open: start } = await open();
      const ledger = start(2);
      const asked = await Promise.all([
        reserveMany(ledger, 3),
        reserveMany(ledger, 3, { day: '2026/11/22' }),
        reserveMany(ledger, 3),
      ]);
      const [one = [], two = [], three = []] = asked.map(granted);
      expect([one.length + three.length, two.length]).toEqual([2, 2]);
    });

    it('K9: does not refill a day when the clock jumps back into it', async () => {
      const { open: start, clock } = await open();
      const ledger = start(1);
      const reservation = await ledger.reserve(draft());
      await reservation?.settle(spent);
      clock.jump(24 * HOUR);
      await ledger.reserve(draft({ day: '2026/11/22' }));
      clock.jump(-24 * HOUR);
      expect(await ledger.reserve(draft())).toBeUndefined();
    });

    describe('knows that a day is spent', () => {
      it('as soon as only what was spent or may have been fills it, and not before', async () => {
        const { open: start } = await open();
        const ledger = start(2);
        const [one, two] = granted(await reserveMany(ledger, 2));
        await one?.settle(spent);
        await ledger.reserve(draft());
        expect(ledger.isSpent('2026/11/21')).toBe(false);
        await two?.settle(unknown);
        await ledger.reserve(draft());
        expect(ledger.isSpent('2026/11/21')).toBe(true);
        expect(ledger.isSpent('2026/11/22')).toBe(false);
        expect(start(2).isSpent('2026/11/21')).toBe(false);
      });

      it('in dollars not while what is reserved may turn out cheaper', async () => {
        const { open: start } = await open();
        const ledger = start(9, { dailyMicroUsd: 68_000 });
        const [one, two] = granted(await reserveMany(ledger, 3));
        await ledger.reserve(draft());
        expect(ledger.isSpent('2026/11/21')).toBe(false);
        for (const each of [one, two]) await each?.settle({ ...spent, costMicroUsd: 20_000 });
        await ledger.reserve(draft());
        expect(ledger.isSpent('2026/11/21')).toBe(true);
      });

      it.each([
        [0, {}],
        [5, { dailyMicroUsd: 0 }],
        [5, { monthlyMicroUsd: 0 }],
      ])(
        'always with a budget of %d pictures and %o, and makes no call',
        async (limit, dollars) => {
          const { open: start, store } = await open();
          const calls = [vi.spyOn(store, 'list'), vi.spyOn(store, 'put')];
          const ledger = start(limit, dollars);
          expect(ledger.isSpent('2026/11/21')).toBe(true);
          expect(await ledger.reserve(draft({ reservedMicroUsd: 0 }))).toBeUndefined();
          for (const call of calls) expect(call).not.toHaveBeenCalled();
        },
      );
    });

    describe('in dollars', () => {
      it('grants as many at their price as fit into the day, and none that does not', async () => {
        const { open: start } = await open();
        expect(granted(await reserveMany(start(99, { dailyMicroUsd: 102_000 }), 9))).toHaveLength(
          3,
        );
        const next = { day: '2026/11/22' } as const;
        const short = start(99, { dailyMicroUsd: 101_999 });
        expect(granted(await reserveMany(short, 9, next))).toHaveLength(2);
        const tiny = start(99, { dailyMicroUsd: 33_999 });
        expect(await tiny.reserve(draft({ day: '2026/11/23' }))).toBeUndefined();
        expect(tiny.isSpent('2026/11/23')).toBe(true);
      });

      it('grants no more pictures than the day has, however many dollars are left', async () => {
        const { open: start } = await open();
        const ledger = start(2, { dailyMicroUsd: 34_000_000, monthlyMicroUsd: 34_000_000 });
        expect(granted(await reserveMany(ledger, 9))).toHaveLength(2);
      });

      it('counts what a call cost once that is known, and what is set aside until then', async () => {
        const { open: start } = await open();
        const ledger = start(99, { dailyMicroUsd: 68_000 });
        const [one, two] = granted(await reserveMany(ledger, 9));
        await one?.settle({ ...spent, costMicroUsd: 17_000 });
        expect(await ledger.reserve(draft())).toBeUndefined();
        await two?.settle({ ...spent, costMicroUsd: 17_000 });
        expect(granted(await reserveMany(ledger, 9))).toHaveLength(1);
        expect(granted(await reserveMany(start(99, { dailyMicroUsd: 68_000 }), 9))).toEqual([]);
      });

      it('keeps what was set aside for an outcome that nobody knows, and nothing for a refusal', async () => {
        const { open: start } = await open();
        const ledger = start(99, { dailyMicroUsd: 68_000 });
        const [one, two] = granted(await reserveMany(ledger, 9));
        await one?.settle(unknown);
        await two?.settle(refused);
        expect(granted(await reserveMany(ledger, 9))).toHaveLength(1);
        expect(granted(await reserveMany(start(99, { dailyMicroUsd: 68_000 }), 9))).toEqual([]);
      });

      it('counts a PNG that has no record at the price of the call that asks', async () => {
        const { open: start, store, keys } = await open();
        const today = keys.dayPrefix('2026/11/21');
        await store.put(`${today}from-another-tool.png`, Buffer.from('x'), PNG);
        const month = start(99, { monthlyMicroUsd: 102_000 });
        expect(granted(await reserveMany(month, 9))).toHaveLength(2);
        await store.put(`${today}and-one-more.png`, Buffer.from('x'), PNG);
        const day = start(99, { dailyMicroUsd: 136_001 });
        expect(await day.reserve(draft())).toBeUndefined();
        expect(await day.reserve(draft({ reservedMicroUsd: 1 }))).toBeDefined();
      });

      it('serves a cheaper call though PNGs without a record left nothing for a dearer one', async () => {
        const { open: start, store, keys } = await open();
        const today = keys.dayPrefix('2026/11/21');
        for (const name of ['one', 'two']) {
          await store.put(`${today}${name}.png`, Buffer.from('x'), PNG);
        }
        const ledger = start(99, { dailyMicroUsd: 60_000 });
        expect(await ledger.reserve(draft())).toBeUndefined();
        expect(ledger.isSpent('2026/11/21')).toBe(true);
        expect(await ledger.reserve(draft({ reservedMicroUsd: 20_000 }))).toBeDefined();
        expect(ledger.isSpent('2026/11/21')).toBe(false);
      });

      it('counts a PNG that has a record at what the record says', async () => {
        const { open: start, store, keys } = await open();
        const ledger = start(99, { dailyMicroUsd: 44_000 });
        const paid = draft();
        const reservation = await ledger.reserve(paid);
        await store.put(
          keys.dated({ ...paid, country: countryByCode('FR') }),
          Buffer.from('x'),
          PNG,
        );
        expect(await ledger.reserve(draft())).toBeUndefined();
        await reservation?.settle({ ...spent, costMicroUsd: 10_000 });
        expect(await ledger.reserve(draft())).toBeDefined();
      });

      it('serves a cheaper call where a dearer one does not fit', async () => {
        const { open: start } = await open();
        const ledger = start(99, { dailyMicroUsd: 40_000 });
        const prices = [34_000, 34_000, 6_000];
        const asked = prices.map((reservedMicroUsd) => ledger.reserve(draft({ reservedMicroUsd })));
        const [first, second, third] = await Promise.all(asked);
        expect([first, second, third].map((each) => each !== undefined)).toEqual([
          true,
          false,
          true,
        ]);
      });

      it('adds up the days of a calendar month, and starts anew with the next', async () => {
        const { open: start } = await open();
        const ledger = start(99, { monthlyMicroUsd: 102_000 });
        const [first] = granted(await reserveMany(ledger, 1, { day: '2026/11/22' }));
        expect(granted(await reserveMany(ledger, 1))).toHaveLength(1);
        const last = { day: '2026/11/30' } as const;
        expect(granted(await reserveMany(ledger, 5, last))).toHaveLength(1);
        expect(await ledger.reserve(draft())).toBeUndefined();
        await first?.settle({ ...spent, costMicroUsd: 0 });
        expect(granted(await reserveMany(start(99, { monthlyMicroUsd: 102_000 }), 5))).toHaveLength(
          1,
        );
        expect(granted(await reserveMany(ledger, 5, last))).toHaveLength(0);
        expect(granted(await reserveMany(ledger, 9, { day: '2026/12/01' }))).toHaveLength(3);
      });

      it('knows a day as spent when its month is, and makes no call any more', async () => {
        const { open: start, store } = await open();
        const ledger = start(99, { monthlyMicroUsd: 40_000 });
        const tomorrow = await ledger.reserve(draft({ day: '2026/11/22' }));
        await tomorrow?.settle({ ...spent, costMicroUsd: 30_000 });
        expect(await ledger.reserve(draft())).toBeUndefined();
        expect(ledger.isSpent('2026/11/21')).toBe(true);
        const calls = vi.spyOn(store, 'list');
        expect(await ledger.reserve(draft())).toBeUndefined();
        expect(calls).not.toHaveBeenCalled();
      });

      it('never exceeds them between replicas, and uses them while demand goes on', async () => {
        const { open: start } = await open();
        const dollars = { dailyMicroUsd: 170_000, monthlyMicroUsd: 238_000 };
        const replicas = [start(99, dollars), start(99, dollars), start(99, dollars)];
        const ask = async (day: Day, each: number) => {
          const rush = replicas.map((replica) => reserveMany(replica, each, { day }));
          return granted((await Promise.all(rush)).flat()).length;
        };
        let [today, tomorrow] = await Promise.all([ask('2026/11/21', 4), ask('2026/11/22', 4)]);
        expect(Math.max(today, tomorrow)).toBeLessThanOrEqual(5);
        expect(today + tomorrow).toBeLessThanOrEqual(7);
        for (const replica of [...replicas, ...replicas, ...replicas]) {
          today += granted(await reserveMany(replica, 1)).length;
          tomorrow += granted(await reserveMany(replica, 1, { day: '2026/11/22' })).length;
        }
        expect(Math.max(today, tomorrow)).toBeLessThanOrEqual(5);
        expect(today + tomorrow).toBe(7);
      });
    });
  });
}
