import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresAccountSpending } from '../../src/adapters/account-spending/postgres.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(() => opened.empty());

const NOON = Date.UTC(2026, 10, 21, 12);

async function use(account: string, day: string, pictures: number, cost: number): Promise<void> {
  const row = { account, day, pictures, reserved: 0, cost_micro_usd: cost };
  await opened.database.run((queries) => queries.insertInto('budget_days').values(row).execute());
}

describe('what an account has spent', () => {
  it('is nothing where there is nothing', async () => {
    const spending = new PostgresAccountSpending(opened.database);
    expect(await spending.of('blog', NOON)).toEqual({
      jobsThisHour: 0,
      concurrentJobs: 0,
      imagesToday: 0,
      microUsdToday: 0,
      microUsdThisMonth: 0,
    });
  });

  it('counts its own days of this month, and those of nobody else', async () => {
    await use('blog', '2026/11/21', 3, 102_000);
    await use('blog', '2026/11/01', 5, 170_000);
    await use('blog', '2026/10/31', 7, 1_000_000);
    await use('blog', '2026/12/01', 7, 1_000_000);
    await use('Blog', '2026/11/21', 7, 1_000_000);
    await use('', '2026/11/21', 11, 2 ** 52);
    const spending = new PostgresAccountSpending(opened.database);
    expect(await spending.of('blog', NOON)).toMatchObject({
      imagesToday: 3,
      microUsdToday: 102_000,
      microUsdThisMonth: 272_000,
    });
  });

  it('is read for several accounts at once, in their order', async () => {
    await use('a', '2026/11/21', 3, 102_000);
    await use('a', '2026/11/02', 1, 1_000);
    await use('b', '2026/11/20', 5, 170_000);
    await use('c', '2026/11/21', 7, 1_000_000);
    const spending = new PostgresAccountSpending(opened.database);
    const usages = await spending.ofEach(['b', 'nobody', 'a'], NOON);
    expect(
      usages.map(({ imagesToday, microUsdToday, microUsdThisMonth }) => [
        imagesToday,
        microUsdToday,
        microUsdThisMonth,
      ]),
    ).toEqual([
      [0, 0, 170_000],
      [0, 0, 0],
      [3, 102_000, 103_000],
    ]);
    expect(await spending.ofEach([], NOON)).toEqual([]);
  });
});
