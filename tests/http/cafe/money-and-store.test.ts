import { describe, expect, it } from 'vitest';
import { openTestCafe } from '../../support/open-test-cafe.ts';
import { today } from '../../support/utc-days.ts';

const BUDGET = { DAILY_GENERATION_BUDGET: '3' };
const HOUR = 3_600_000;

async function askMany(
  ask: (path: string) => Promise<{ status: number }>,
  count: number,
): Promise<number[]> {
  const answers: number[] = [];
  for (let n = 0; n < count; n += 1) answers.push((await ask(`/posts/${n}`)).status);
  return answers;
}

describe('K17: a store whose listings are behind its writes', () => {
  it('is found out at the start, and nothing is bought', async () => {
    const cafe = await openTestCafe({ env: BUDGET, before: (s3) => (s3.listingLag.ms = 60_000) });
    expect(await askMany(cafe.ask, 3)).toEqual([503, 503, 503]);
    expect(cafe.openai.journal).toEqual([]);
    expect(cafe.log.join('')).toContain('listings of the store are behind its writes');
    expect(cafe.keys(`records/${today()}`)).toEqual([]);
  });

  it('makes one process buy no more than the budget where they lag later', async () => {
    const cafe = await openTestCafe({ env: BUDGET });
    cafe.s3.listingLag.ms = 60_000;
    await askMany(cafe.ask, 7);
    expect(cafe.openai.journal).toHaveLength(3);
  });
});

describe('K18: a clock that differs from the store’s by hours', () => {
  it.each([-72, -2, 2, 72])('buys nothing at %d hours, and closes no day', async (hours) => {
    const cafe = await openTestCafe({
      env: BUDGET,
      before: (s3) => (s3.clockOffsetMs = hours * HOUR),
    });
    expect(await askMany(cafe.ask, 2)).toEqual([503, 503]);
    expect(cafe.openai.journal).toEqual([]);
    expect(cafe.log.join('')).toMatch(/clock.*store/);
    expect(cafe.keys(`records/${today().slice(0, 5)}`)).toEqual([]);
  });

  it('buys again once they agree', async () => {
    const cafe = await openTestCafe({ before: (s3) => (s3.clockOffsetMs = 3 * HOUR) });
    expect((await cafe.ask('/posts/a')).status).toBe(503);
    cafe.s3.clockOffsetMs = 0;
    await cafe.ask('/posts/b');
    expect((await cafe.ask('/posts/c')).status).toBe(200);
  });
});
