import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccountDemand,
  type AccountLimits,
  type AccountUsage,
  checkAccountLimits,
  isBudget,
  limitResetsAt,
} from '../../../src/domain/limits/account-limits.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 30);
const LIMITS: AccountLimits = {
  imagesPerDay: 100,
  microUsdPerDay: 2_000_000,
  microUsdPerMonth: 20_000_000,
  jobsPerHour: 500,
  concurrentJobs: 10,
};
const UNUSED: AccountUsage = {
  jobsThisHour: 0,
  concurrentJobs: 0,
  imagesToday: 0,
  microUsdToday: 0,
  microUsdThisMonth: 0,
};
const ONE: AccountDemand = { jobs: 1, images: 1, microUsd: 40_000 };

function check(
  usage: Partial<AccountUsage>,
  demand: Partial<AccountDemand> = {},
  limits: Partial<AccountLimits> = {},
) {
  return checkAccountLimits({
    limits: { ...LIMITS, ...limits },
    usage: { ...UNUSED, ...usage },
    demand: { ...ONE, ...demand },
    now: NOW,
  });
}

describe('the limits of an account', () => {
  it.each([
    ['imagesPerDay', { imagesToday: 99 }, { imagesToday: 100 }, Date.UTC(2026, 10, 22)],
    [
      'usdPerDay',
      { microUsdToday: 1_960_000 },
      { microUsdToday: 1_960_001 },
      Date.UTC(2026, 10, 22),
    ],
    [
      'usdPerMonth',
      { microUsdThisMonth: 19_960_000 },
      { microUsdThisMonth: 19_960_001 },
      Date.UTC(2026, 11, 1),
    ],
    ['jobsPerHour', { jobsThisHour: 499 }, { jobsThisHour: 500 }, Date.UTC(2026, 10, 21, 13)],
    ['concurrentJobs', { concurrentJobs: 9 }, { concurrentJobs: 10 }, undefined],
  ])('%s allow the last one and refuse one more', (limit, last, beyond, resetsAt) => {
    expect(check(last)).toEqual({ isAllowed: true });
    expect(check(beyond)).toEqual({ isAllowed: false, limit, resetsAt, isForGood: false });
  });

  it('of dollars are none where none is set', () => {
    const none = { microUsdPerDay: undefined, microUsdPerMonth: undefined };
    const usage = { microUsdToday: 1e12, microUsdThisMonth: 1e13 };
    expect(check(usage, {}, none)).toEqual({ isAllowed: true });
  });

  it('count all images and the whole price of a request', () => {
    expect(check({ imagesToday: 93 }, { images: 8 })).toMatchObject({ limit: 'imagesPerDay' });
    expect(check({ imagesToday: 92 }, { images: 8 })).toEqual({ isAllowed: true });
    expect(check({}, { microUsd: 2_000_000 })).toEqual({ isAllowed: true });
  });

  it('report the one that resets last', () => {
    const usage = { concurrentJobs: 10, jobsThisHour: 500 };
    expect(check(usage)).toMatchObject({ limit: 'jobsPerHour' });
    expect(check({ ...usage, imagesToday: 100 })).toMatchObject({ limit: 'imagesPerDay' });
    const both = { ...usage, imagesToday: 100, microUsdThisMonth: 20_000_000 };
    expect(check(both)).toMatchObject({ limit: 'usdPerMonth' });
  });

  it('say so where waiting does not help', () => {
    const refusal = { isAllowed: false, resetsAt: undefined, isForGood: true };
    expect(check({}, { images: 101 })).toEqual({ ...refusal, limit: 'imagesPerDay' });
    expect(check({}, {}, { imagesPerDay: 0 })).toEqual({ ...refusal, limit: 'imagesPerDay' });
    // Even if another limit resets later.
    const usage = { microUsdThisMonth: 20_000_000 };
    expect(check(usage, { jobs: 11 })).toEqual({ ...refusal, limit: 'concurrentJobs' });
  });

  it('are of two kinds: budgets, for which work may wait, and rates', () => {
    expect([isBudget('imagesPerDay'), isBudget('usdPerDay'), isBudget('usdPerMonth')]).toEqual(
      Array(3).fill(true),
    );
    expect([isBudget('jobsPerHour'), isBudget('concurrentJobs')]).toEqual([false, false]);
  });

  it('allow exactly what still fits, whatever was used', () => {
    const number = fc.nat(1000);
    fc.assert(
      fc.property(number, number, number, number, (used, asked, most, dollars) => {
        const decision = check(
          { imagesToday: used, microUsdToday: dollars },
          { images: asked, microUsd: 0 },
          { imagesPerDay: most },
        );
        expect(decision.isAllowed).toBe(used + asked <= most);
        if (!decision.isAllowed) expect(decision.isForGood).toBe(asked > most);
      }),
    );
  });
});

describe('the resets', () => {
  it.each([
    ['2026-12-31T23:59:59.999Z', '2027-01-01T00', '2027-01-01', '2027-01-01'],
    ['2026-12-31T00:00:00.000Z', '2026-12-31T01', '2027-01-01', '2027-01-01'],
    ['2028-02-29T12:00:00.000Z', '2028-02-29T13', '2028-03-01', '2028-03-01'],
    ['2026-11-01T00:00:00.000Z', '2026-11-01T01', '2026-11-02', '2026-12-01'],
  ])('of %s are after it, in UTC', (now, hour, day, month) => {
    expect(limitResetsAt(Date.parse(now))).toEqual({
      hour: Date.parse(`${hour}:00:00Z`),
      day: Date.parse(day),
      month: Date.parse(month),
    });
  });
});
