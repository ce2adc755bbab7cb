import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { countryByCode } from '../../src/domain/country.ts';
import type { GenerationDraft } from '../../src/domain/generation.ts';
import type { ImageKeys } from '../../src/domain/image-key.ts';
import type { BudgetLedger, Reservation } from '../../src/domain/ports/budget-ledger.ts';
import type { ObjectStore } from '../../src/domain/ports/object-store.ts';

export interface LedgerUnderTest {
  /** A ledger like that of a freshly started process, on the same store and clock. */
  open(dailyLimit: number): BudgetLedger;
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

/** What any reservation may be for. */
export const draft: GenerationDraft = {
  page: { type: 'article', path: '/posts/a' },
  country: countryByCode('FR'),
  model: 'm',
  prompt: 'p',
  reservedMicroUsd: 34_000,
};

/** Waits take a turn and no time. */
export class RestlessClock extends ManualClock {
  override sleep(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** What every budget ledger must do; see the port. */
export function budgetLedgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  const reserveMany = (ledger: BudgetLedger, count: number) =>
    Promise.all(Array.from({ length: count }, () => ledger.reserve(draft)));
  const granted = (reservations: (Reservation | undefined)[]) =>
    reservations.filter((reservation) => reservation !== undefined);

  describe(`${name} as a budget ledger`, () => {
    it('grants exactly what is left, however many ask at once', async () => {
      const { open: start } = await open();
      const ledger = start(5);
      expect(granted(await reserveMany(ledger, 40))).toHaveLength(5);
      expect(await ledger.reserve(draft)).toBeUndefined();
    });

    it('grants exactly what is left to callers that arrive while others are served', async () => {
      const { open: start } = await open();
      const ledger = start(7);
      const waves = [];
      for (let wave = 0; wave < 8; wave += 1) {
        waves.push(reserveMany(ledger, 3));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(granted((await Promise.all(waves)).flat())).toHaveLength(7);
    });

    it('names each reservation with an id of its own and the UTC day', async () => {
      const { open: start } = await open();
      const [first, second] = granted(await reserveMany(start(2), 2));
      expect(first?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(first?.id).not.toBe(second?.id);
      expect(first?.day).toBe('2026/11/21');
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
      const reservation = await ledger.reserve(draft);
      await reservation?.settle(spent);
      await reservation?.settle(refused);
      expect(await ledger.reserve(draft)).toBeUndefined();
      expect(await start(1).reserve(draft)).toBeUndefined();
    });

    it('counts every PNG of the day, whoever put it there and whatever its name', async () => {
      const { open: start, store, keys } = await open();
      const ledger = start(4);
      const today = keys.dayPrefix('2026/11/21');
      await store.put(`${today}${randomUUID()}-france.png`, Buffer.from('x'), PNG);
      await store.put(`${today}from-another-tool.png`, Buffer.from('x'), PNG);
      expect(granted(await reserveMany(ledger, 9))).toHaveLength(2);
    });

    it('counts PNGs that appear while it runs', async () => {
      const { open: start, store, keys } = await open();
      const ledger = start(2);
      await ledger.reserve(draft);
      await store.put(`${keys.dayPrefix('2026/11/21')}late.png`, Buffer.from('x'), PNG);
      expect(await ledger.reserve(draft)).toBeUndefined();
    });

    it('counts a generation once, though its record and its PNG are both there', async () => {
      const { open: start, store, keys } = await open();
      const ledger = start(2);
      const reservation = await ledger.reserve(draft);
      const key = keys.dated('2026/11/21', String(reservation?.id), countryByCode('FR'));
      await store.put(key, Buffer.from('x'), PNG);
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
          `generated/v2/2026/11/21/${id}.webp`,
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
      await ledger.reserve(draft);
      const calls = vi.spyOn(store, 'list');
      expect(granted(await reserveMany(ledger, 5))).toHaveLength(0);
      expect(calls).not.toHaveBeenCalled();
    });

    it('grants nothing and makes no call with a budget of 0', async () => {
      const { open: start, store } = await open();
      const calls = vi.spyOn(store, 'list');
      expect(await start(0).reserve(draft)).toBeUndefined();
      expect(calls).not.toHaveBeenCalled();
      for await (const { key } of store.list('records/')) expect(key).toBeUndefined();
    });

    it('begins a new budget with the UTC day, and charges a reservation to its own', async () => {
      const { open: start, clock } = await open();
      const ledger = start(1);
      await clock.advance(11 * HOUR + HOUR - 1);
      const last = await ledger.reserve(draft);
      expect(await ledger.reserve(draft)).toBeUndefined();
      await clock.advance(1);
      const first = await ledger.reserve(draft);
      await last?.settle(spent);
      expect([last?.day, first?.day]).toEqual(['2026/11/21', '2026/11/22']);
      expect(await ledger.reserve(draft)).toBeUndefined();
    });

    it('does not refill a day when the clock jumps back into it', async () => {
      const { open: start, clock } = await open();
      const ledger = start(1);
      const reservation = await ledger.reserve(draft);
      await reservation?.settle(spent);
      clock.jump(24 * HOUR);
      await ledger.reserve(draft);
      clock.jump(-24 * HOUR);
      expect(await ledger.reserve(draft)).toBeUndefined();
    });
  });
}
