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
    expect(cafe.log.join('')).toContain('istings of the image store do not show recent writes');
    expect(cafe.keys(`records/${today()}`)).toEqual([]);
    cafe.s3.listingLag.ms = 0;
    const status = async () => (await cafe.ask('/posts/after')).status;
    await expect.poll(status, { timeout: 30_000, interval: 500 }).toBe(200);
  });

  it.each([1, 2])(
    'is noticed where they lag later, and nothing is bought: %d replicas',
    async (count) => {
      const first = await openTestCafe({ env: BUDGET });
      const rest = Array.from({ length: count - 1 }, () =>
        openTestCafe({ env: BUDGET, beside: first }),
      );
      const replicas = [first, ...(await Promise.all(rest))];
      expect((await first.ask('/posts/before')).status).toBe(200);
      first.s3.listingLag.ms = 60_000;
      for (const [at, { ask }] of replicas.entries()) {
        await askMany((path) => ask(`/${at}${path}`), 5);
      }
      expect(first.openai.journal).toHaveLength(1);
      for (const { log } of replicas) {
        expect(log.join('')).toContain('istings of the image store do not show recent writes');
      }
      // What was written to find that out is withdrawn.
      expect(first.keys(`records/${today()}`)).toHaveLength(1);
      first.s3.listingLag.ms = 0;
      for (const { ask } of replicas) await ask('/posts/after');
      expect(first.openai.journal).toHaveLength(2);
    },
  );
});

describe('a listing lacks what the process wrote itself', () => {
  it('and it counts all the same', async () => {
    const { s3, openai, ask } = await openTestCafe({ env: BUDGET });
    await askMany(ask, 3);
    for (const key of s3.objects.keys()) if (key.includes(today())) s3.objects.delete(key);
    await ask('/posts/after');
    expect(openai.journal).toHaveLength(3);
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
