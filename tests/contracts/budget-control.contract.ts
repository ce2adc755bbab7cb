import { describe, expect, it } from 'vitest';
import type { BudgetLedger, Reservation } from '../../src/domain/budget/budget-ledger.ts';
import type { Day } from '../../src/domain/kernel/day.ts';
import type { OpenBudget } from '../support/open-budget.ts';
import { draft } from './budget-ledger.contract.ts';

export const TODAY = '2026/11/21';

export async function grantedOf(asked: Promise<Reservation | undefined>[]): Promise<number> {
  return (await Promise.all(asked)).filter((reservation) => reservation !== undefined).length;
}

export const many = (ledger: BudgetLedger, count: number, day: Day = TODAY) =>
  Array.from({ length: count }, () => ledger.reserve(draft({ day })));

/** How the owner speaks, and how a process starts. */
export function ownerOf(budget: OpenBudget) {
  const { control } = budget;
  const start = (dailyLimit: number, share = 1) => budget.start({ dailyLimit, share });
  const tell = (pictures: number) =>
    control.change((state) => ({ ...state, budget: { day: TODAY, pictures } }));
  const pause = (paused: boolean) => control.change((state) => ({ ...state, paused }));
  return { ...budget, start, tell, pause };
}

/** What a ledger does with the owner's instructions, wherever both are kept. */
export function budgetControlContract(name: string, openBudget: () => Promise<OpenBudget>): void {
  const open = async () => ownerOf(await openBudget());

  describe(`${name} that the owner changes`, () => {
    it('K10: grants at once no more than what is less', async () => {
      const { start, tell } = await open();
      const ledger = start(10);
      expect(await grantedOf(many(ledger, 3))).toBe(3);
      await tell(5);
      expect(await grantedOf(many(ledger, 9))).toBe(2);
    });

    it('grants what is more within seconds, also where the day was known to be used up', async () => {
      const { start, tell, clock } = await open();
      const ledger = start(2);
      const settled = await Promise.all(many(ledger, 2));
      for (const each of settled) {
        await each?.settle({ state: 'unknown', reason: 'reset', durationMs: 1 });
      }
      expect(await grantedOf(many(ledger, 1))).toBe(0);
      expect(ledger.isSpent(TODAY)).toBe(true);
      await tell(4);
      await clock.advance(5000);
      await expect.poll(() => ledger.isSpent(TODAY)).toBe(false);
      expect(await grantedOf(many(ledger, 9))).toBe(2);
    });

    it('is exact over replicas that hear of it at different times', async () => {
      const { start, tell } = await open();
      const [one, two] = [start(3), start(3)];
      expect(await grantedOf([...many(one, 2), ...many(two, 1)])).toBe(3);
      await tell(7);
      const late = [start(3), start(3), start(3)];
      expect(await grantedOf(late.flatMap((ledger) => many(ledger, 5)))).toBe(4);
    });

    it('is another one for that day alone', async () => {
      const { start, tell } = await open();
      await tell(1);
      const ledger = start(3);
      expect(await grantedOf(many(ledger, 5))).toBe(1);
      const tomorrow = Array.from({ length: 5 }, () =>
        ledger.reserve(draft({ day: '2026/11/22' })),
      );
      expect(await grantedOf(tomorrow)).toBe(3);
    });

    it('gives healing its share of it', async () => {
      const { start, tell } = await open();
      await tell(9);
      expect(await grantedOf(many(start(1, 0.5), 9))).toBe(4);
    });

    it('that is configured to be nothing can be raised, too', async () => {
      const { start, tell } = await open();
      await tell(2);
      expect(await grantedOf(many(start(0), 5))).toBe(2);
    });
  });

  describe(`a pause of ${name}`, () => {
    it('is kept at once, whatever is known to be left', async () => {
      const { start, pause } = await open();
      const ledger = start(10);
      await grantedOf(many(ledger, 1));
      await pause(true);
      expect(await grantedOf(many(ledger, 4))).toBe(0);
      expect(ledger.isSpent(TODAY)).toBe(true);
    });

    it('ends for all within seconds', async () => {
      const { start, clock, pause } = await open();
      await pause(true);
      const ledger = start(10);
      expect(await grantedOf(many(ledger, 1))).toBe(0);
      await pause(false);
      await clock.advance(5000);
      expect(await grantedOf(many(ledger, 12))).toBe(10);
    });

    it('and a changed budget at the same moment are both kept', async () => {
      const { control, tell, pause } = await open();
      await Promise.all([tell(4), pause(true), tell(4)]);
      expect(await control.read()).toEqual({ paused: true, budget: { day: TODAY, pictures: 4 } });
    });
  });
}
