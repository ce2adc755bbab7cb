import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';

const MORNING = Date.UTC(2026, 10, 20, 8);
const TWO_HOURS = 7_200_000;
const IGNORED = {
  putIfAbsent: 'ignored',
  putIfMatch: 'ignored',
  copyIfAbsent: 'ignored',
  deleteIfMatch: 'ignored',
} as const;
const ENV = { ...WITH_ADMIN, DAILY_GENERATION_BUDGET: '4' };
const LOST = 'no longer supports conditional puts';
const BACK = 'supports conditional puts again';

const linesWith = ({ log }: TestCafe, text: string) =>
  log.map((line) => JSON.parse(line)).filter(({ msg }) => String(msg).includes(text));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: MORNING });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A service that has bought a picture over a store that heeds conditions, which it does not any more. */
async function openAfterTheLoss() {
  const cafe = await openTestCafe({ env: ENV });
  const honoured = cafe.s3.conditions;
  await cafe.ask('/posts/before');
  vi.setSystemTime(MORNING + TWO_HOURS);
  cafe.s3.conditions = { ...honoured, ...IGNORED };
  return { cafe, honoured, admin: await openAdmin(cafe) };
}

describe('S22: a store that stops heeding conditions while the service runs', () => {
  it('is noticed by the next purchase, and said once with the remedy', async () => {
    const { cafe, admin } = await openAfterTheLoss();
    expect((await admin.get('/status')).body.storeLacks).toEqual([]);
    await cafe.ask('/posts/after');
    await expect.poll(() => linesWith(cafe, LOST)).toHaveLength(1);
    expect(linesWith(cafe, LOST)).toMatchObject([
      {
        level: 'warn',
        msg: expect.stringContaining('Run one replica'),
        lacks: ['PUT with If-None-Match', 'PUT with If-Match', 'COPY with If-None-Match'],
      },
    ]);
    expect((await admin.get('/status')).body.storeLacks).toContain('PUT with If-None-Match');
    vi.setSystemTime(MORNING + 2 * TWO_HOURS);
    await cafe.ask('/posts/later');
    await cafe.cafe.servePageImage.finished();
    expect(linesWith(cafe, LOST)).toHaveLength(1);
    expect(cafe.keys('records/scratch/')).toEqual([]);
  });

  it('is looked at before each write from then on, so that pages keep what they have', async () => {
    const { cafe } = await openAfterTheLoss();
    await cafe.ask('/posts/after');
    await expect.poll(() => linesWith(cafe, LOST)).toHaveLength(1);
    const key = 'generated/v2/page-cache/article/posts/new-france.png';
    const { promise, resolve } = Promise.withResolvers<void>();
    cafe.openai.answerNext(async ({ usual }) => {
      await promise;
      return usual();
    });
    const asked = cafe.ask('/posts/new');
    await expect.poll(() => cafe.openai.journal.length).toBe(3);
    cafe.s3.seed(key, 'placed by another replica', {
      contentType: 'image/png',
      metadata: { source: 'generated' },
    });
    resolve();
    expect((await asked).status).toBe(200);
    await cafe.cafe.servePageImage.finished();
    const { bytes = [] } = cafe.s3.objects.get(key) ?? {};
    expect(Buffer.from(bytes).toString()).toBe('placed by another replica');
  });

  it('costs no more than the budget, over two replicas', async () => {
    const { cafe } = await openAfterTheLoss();
    const two = await openTestCafe({ beside: cafe, env: ENV });
    const pages = Array.from({ length: 6 }, (_, n) => `/posts/${n}`);
    await Promise.all(pages.flatMap((page) => [cafe.ask(page), two.ask(page)]));
    await Promise.all([cafe, two].map((each) => each.cafe.servePageImage.finished()));
    expect(cafe.openai.journal.length).toBeLessThanOrEqual(4);
    expect(cafe.openai.journal.length).toBeGreaterThan(1);
  });

  it('is used as before once it heeds them again', async () => {
    const { cafe, honoured } = await openAfterTheLoss();
    await cafe.ask('/posts/after');
    await expect.poll(() => linesWith(cafe, LOST)).toHaveLength(1);
    cafe.s3.conditions = honoured;
    vi.setSystemTime(MORNING + 2 * TWO_HOURS);
    await cafe.ask('/posts/later');
    await expect.poll(() => linesWith(cafe, BACK)).toHaveLength(1);
    expect((await (await openAdmin(cafe)).get('/status')).body.storeLacks).toEqual([]);
  });

  it('costs no call within an hour of the last trial, and none where nothing is bought', async () => {
    const cafe = await openTestCafe({ env: { ...ENV, DAILY_GENERATION_BUDGET: '2' } });
    const trials = { operation: 'put', key: /records\/scratch/ } as const;
    vi.setSystemTime(MORNING + 3_500_000);
    await cafe.ask('/posts/a');
    await cafe.ask('/posts/b');
    vi.setSystemTime(MORNING + TWO_HOURS);
    await cafe.ask('/posts/a');
    await cafe.cafe.servePageImage.finished();
    expect(cafe.s3.countOf(trials)).toBe(0);
  });
});
