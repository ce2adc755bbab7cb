import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { BudgetLedger } from '../../src/domain/budget/budget-ledger.ts';
import { type Day, dayAt } from '../../src/domain/kernel/day.ts';
import type { OpenBudget } from '../support/open-budget.ts';
import { type Dollars, draft } from './budget-ledger.contract.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
export const MIDNIGHT = Date.UTC(2026, 10, 21);
const TODAY = '2026/11/21';
const PRICE = 34_000;
const unknown = { state: 'unknown', reason: 'reset', durationMs: 1 } as const;

/** How many of 12 who ask, or of so many, get a picture; each of them costs what was set aside for it. */
async function buy(ledger: BudgetLedger, { day = TODAY as Day, asking = 12 } = {}) {
  const asked = Array.from({ length: asking }, () => ledger.reserve(draft({ day })));
  const granted = (await Promise.all(asked)).filter((each) => each !== undefined);
  await Promise.all(granted.map((each) => each.settle(unknown)));
  return granted.length;
}

/** What hourly pacing must do, wherever the budget is kept. */
export function hourlyPacingContract(
  name: string,
  openBudget: () => Promise<OpenBudget>,
  { numRuns }: { numRuns: number },
): void {
  async function open() {
    const budget = await openBudget();
    const { clock, control } = budget;
    const start = (
      dailyLimit: number,
      overHours: number,
      options: Dollars & { share?: number } = {},
    ) => budget.start({ ...options, dailyLimit, overHours });
    /** Lets what the owner has told be read again, too. */
    const goTo = (hours: number) => clock.advance(MIDNIGHT + hours * HOUR - clock.now());
    const tell = (pictures: number) =>
      control.change((state) => ({ ...state, budget: { day: TODAY, pictures } }));
    return { ...budget, start, goTo, tell };
  }

  describe(`${name} that opens by the hour`, () => {
    it('K13: grants a part an hour, and what was left of the parts before', async () => {
      const { start, goTo } = await open();
      const ledger = start(8, 4);
      expect(await buy(ledger)).toBe(2);
      await goTo(0.9);
      expect(await buy(ledger)).toBe(0);
      await goTo(1);
      expect(await buy(ledger, { asking: 1 })).toBe(1);
      await goTo(2);
      expect(await buy(ledger)).toBe(3);
      await goTo(3);
      expect(await buy(ledger)).toBe(2);
      await goTo(23.9);
      expect(await buy(ledger)).toBe(0);
    });

    it('K13: is not known to be used up once a part more is open, and counts no sooner than asked', async () => {
      const { start, goTo, store } = await open();
      const ledger = start(8, 4);
      await buy(ledger);
      expect(await buy(ledger)).toBe(0);
      expect(ledger.isSpent(TODAY)).toBe(true);
      await ledger.finished();
      const lists = vi.spyOn(store, 'list');
      await goTo(0.99);
      expect(ledger.isSpent(TODAY)).toBe(true);
      expect(await buy(ledger)).toBe(0);
      await goTo(1);
      expect(ledger.isSpent(TODAY)).toBe(false);
      await turn();
      expect(lists).not.toHaveBeenCalled();
      expect(await buy(ledger)).toBe(2);
    });

    it('K13: is exact over replicas', async () => {
      const { start, goTo } = await open();
      const replicas = [start(8, 4), start(8, 4), start(8, 4)];
      const all = async () => {
        const bought = await Promise.all(replicas.map((ledger) => buy(ledger, { asking: 4 })));
        return bought.reduce((sum, each) => sum + each, 0);
      };
      expect(await all()).toBe(2);
      await goTo(2);
      expect(await all()).toBe(4);
      await goTo(3);
      expect(await all()).toBe(2);
    });

    it('opens its dollars in the same parts, and its month at once', async () => {
      const { start, goTo } = await open();
      const ledger = start(100, 4, { dailyMicroUsd: 4 * PRICE, monthlyMicroUsd: 3 * PRICE });
      expect(await buy(ledger)).toBe(1);
      await goTo(1);
      expect(await buy(ledger)).toBe(1);
      await goTo(3);
      expect(await buy(ledger)).toBe(1);
    });

    it('saves up dollars where an hour has less than a picture costs', async () => {
      const { start, goTo } = await open();
      const ledger = start(100, 24, { dailyMicroUsd: 12 * PRICE });
      expect(await buy(ledger)).toBe(0);
      expect(ledger.isSpent(TODAY)).toBe(true);
      await goTo(1);
      expect(ledger.isSpent(TODAY)).toBe(false);
      expect(await buy(ledger)).toBe(1);
      await goTo(23);
      expect(await buy(ledger, { asking: 20 })).toBe(11);
    });

    it('has all of yesterday open', async () => {
      const { start } = await open();
      const ledger = start(8, 24);
      expect(await buy(ledger, { day: '2026/11/20' })).toBe(8);
      expect(await buy(ledger)).toBe(1);
    });

    it('that the owner has changed for today opens by the hour as well', async () => {
      const { start, goTo, tell } = await open();
      const ledger = start(8, 4);
      await tell(12);
      expect(await buy(ledger)).toBe(3);
      await tell(4);
      await goTo(1);
      expect(await buy(ledger)).toBe(0);
      await goTo(3);
      expect(await buy(ledger)).toBe(1);
    });

    it('grants nothing while it is paused, nor of nothing', async () => {
      const { start, control, goTo } = await open();
      const ledger = start(8, 4);
      await control.change((state) => ({ ...state, paused: true }));
      await goTo(2);
      expect(await buy(ledger)).toBe(0);
      expect(await buy(start(0, 4))).toBe(0);
    });

    it('opens for healing a part of its share', async () => {
      const { start, goTo, tell } = await open();
      const healing = start(8, 4, { share: 0.5 });
      expect(await buy(healing)).toBe(1);
      await tell(12);
      await goTo(1);
      expect(await buy(healing)).toBe(2);
      await goTo(5);
      expect(await buy(healing)).toBe(3);
    });

    it('K9: is not refilled by a clock that jumps back, nor exceeded by one that jumps forth', async () => {
      const { start, clock } = await open();
      const ledger = start(8, 4);
      clock.jump(2 * HOUR);
      expect(await buy(ledger)).toBe(6);
      clock.jump(-2 * HOUR);
      expect(await buy(ledger)).toBe(0);
      clock.jump(-MINUTE);
      expect(await buy(ledger)).toBe(0);
      clock.jump(2 * HOUR + MINUTE);
      expect(await buy(ledger)).toBe(0);
      clock.jump(20 * HOUR);
      expect(await buy(ledger)).toBe(2);
      clock.jump(-20 * HOUR);
      expect(await buy(ledger)).toBe(0);
    });

    it('never grants more than the limit by any clocks, and all of it in the end', async () => {
      // Two hours later today would be closed, and grant nothing.
      const anyMinute = fc.integer({ min: -24 * 60, max: 25 * 60 });
      await fc.assert(
        fc.asyncProperty(
          fc.nat(9),
          fc.integer({ min: 0, max: 24 }),
          fc.array(fc.tuple(anyMinute, fc.nat(4)), { maxLength: 12 }),
          async (limit, overHours, steps) => {
            const { start, clock } = await open();
            const replicas = [start(limit, overHours), start(limit, overHours)];
            const bought = new Map<Day, number>();
            const take = async (asking: number, replica: BudgetLedger) => {
              const day = dayAt(clock.now());
              bought.set(day, (bought.get(day) ?? 0) + (await buy(replica, { day, asking })));
              expect(bought.get(day)).toBeLessThanOrEqual(limit);
            };
            for (const [n, [minutes, asking]] of steps.entries()) {
              clock.jump(MIDNIGHT + minutes * MINUTE - clock.now());
              await take(asking, replicas[n % 2] as BudgetLedger);
            }
            clock.jump(MIDNIGHT + Math.max(0, overHours - 1) * HOUR - clock.now());
            await take(limit + 1, replicas[0] as BudgetLedger);
            expect(bought.get(TODAY)).toBe(limit);
          },
        ),
        { numRuns },
      );
    });
  });
}
