import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { TodaysBudget } from '../../../src/domain/budget/todays-budget.ts';
import type { Day } from '../../../src/domain/kernel/day.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

function open({
  told,
  opensOverHours = 0,
}: {
  told?: { day: Day; pictures: number };
  opensOverHours?: number;
} = {}) {
  const clock = new ManualClock(NOON);
  const asked: Day[] = [];
  const state = { used: 4, fails: false };
  const budget = new TodaysBudget({
    history: {
      usage: async (day) => {
        asked.push(day);
        if (state.fails) throw new Error('down');
        return { day, pictures: state.used, reserved: 1, costMicroUsd: 136_000 };
      },
    },
    control: { read: async () => ({ paused: true, budget: told }) },
    limits: { dailyBudget: 15, dailyMicroUsd: undefined, opensOverHours },
    generator: { dearestMicroUsd: 34_000 },
    clock,
  });
  return { budget, clock, asked, state };
}

describe("today's budget", () => {
  it('is what is configured, less what is used', async () => {
    expect(await open().budget.read()).toEqual({
      day: '2026/11/21',
      isPaused: true,
      limit: 15,
      used: 4,
      reserved: 1,
      left: 11,
      costMicroUsd: 136_000,
      limitMicroUsd: undefined,
      isOpening: false,
    });
  });

  it('is opening until its last part is open', async () => {
    expect(await open({ opensOverHours: 14 }).budget.read()).toMatchObject({ isOpening: true });
    expect(await open({ opensOverHours: 13 }).budget.read()).toMatchObject({ isOpening: false });
  });

  it('is what the owner has told for today, and never less than nothing', async () => {
    const { budget } = open({ told: { day: '2026/11/21', pictures: 3 } });
    expect(await budget.read()).toMatchObject({ limit: 3, left: 0 });
    const other = open({ told: { day: '2026/11/20', pictures: 3 } });
    expect(await other.budget.read()).toMatchObject({ limit: 15 });
  });

  it('is counted again after half a minute, and no sooner', async () => {
    const { budget, clock, asked, state } = open();
    await budget.read();
    state.used = 5;
    await clock.advance(29_999);
    expect(await budget.read()).toMatchObject({ used: 4 });
    await clock.advance(1);
    expect(await budget.read()).toMatchObject({ used: 5 });
    expect(asked).toHaveLength(2);
  });

  it('is of the day it is by then', async () => {
    const { budget, clock, asked } = open();
    await budget.read();
    await clock.advance(13 * 3_600_000);
    await budget.read();
    expect(asked).toEqual(['2026/11/21', '2026/11/22']);
  });

  it('leaves a store that fails alone for as long', async () => {
    const { budget, clock, asked, state } = open();
    state.fails = true;
    await expect(budget.read()).rejects.toThrow('down');
    state.fails = false;
    await expect(budget.read()).rejects.toThrow('down');
    await clock.advance(30_000);
    expect(await budget.read()).toMatchObject({ used: 4 });
    expect(asked).toHaveLength(2);
  });
});
