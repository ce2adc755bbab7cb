import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';

const MIDNIGHT = Date.UTC(2026, 10, 21);
const PAGE = { type: 'article', country: 'FR' };
/** A picture to fall back on, of long before. */
const OLD = 'generated/v2/2026/11/01/00000000-0000-4000-8000-000000000001-france.png';

function goTo(time: string): void {
  vi.setSystemTime(Date.parse(`2026-11-21T${time}Z`));
}

const env = {
  ...WITH_ADMIN,
  DAILY_GENERATION_BUDGET: '8',
  BUDGET_OPENS_OVER_HOURS: '4',
};

const open = (options: Parameters<typeof openTestCafe>[0] = {}) =>
  openTestCafe({
    ...options,
    env: { ...env, ...options.env },
    before: (s3) => s3.seed(OLD, 'old'),
  });

let pages = 0;
/** Asks for so many new pages, one after the other; how many got a picture of their own. */
async function ask(cafe: TestCafe, count: number): Promise<number> {
  let own = 0;
  for (let n = 0; n < count; n += 1) {
    pages += 1;
    const { status, body } = await cafe.ask(`/posts/${pages}`, { query: '?details=1' });
    expect(status).toBe(200);
    expect(['generated', 'fallback']).toContain(body.source);
    if (body.source === 'generated') own += 1;
  }
  return own;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: MIDNIGHT });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('K13: a budget of eight that opens over four hours', () => {
  it('buys two an hour, and shows readers what is there beyond that', async () => {
    const cafe = await open();
    goTo('00:05:00');
    expect(await ask(cafe, 2)).toBe(2);
    expect(await ask(cafe, 3)).toBe(0);
    expect(cafe.openai.journal).toHaveLength(2);
    expect(cafe.log.filter((line) => line.includes('"budget_exhausted"'))).toHaveLength(3);
    goTo('00:59:59');
    expect(await ask(cafe, 1)).toBe(0);
    goTo('01:00:00');
    expect(await ask(cafe, 5)).toBe(2);
    goTo('03:00:00');
    expect(await ask(cafe, 9)).toBe(4);
    goTo('20:00:00');
    expect(await ask(cafe, 2)).toBe(0);
    expect(cafe.openai.journal).toHaveLength(8);
  });

  it('is one over three replicas, whose readers all come at once', async () => {
    const first = await open();
    const replicas = [first, await open({ beside: first }), await open({ beside: first })];
    const all = () => Promise.all(replicas.map((replica) => ask(replica, 4)));
    await all();
    expect(first.openai.journal.length).toBeLessThanOrEqual(2);
    await ask(first, 2);
    expect(first.openai.journal).toHaveLength(2);
    goTo('02:30:00');
    await all();
    expect(first.openai.journal.length).toBeLessThanOrEqual(6);
    goTo('03:00:00');
    await all();
    await ask(first, 8);
    expect(first.openai.journal).toHaveLength(8);
  });

  it('lets the owner use all of the day at once, by re-brewing and by warming', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    expect(await ask(cafe, 3)).toBe(2);
    const rebrewed = await admin.post('/pages/rebrew', { ...PAGE, path: `/posts/${pages}` });
    expect(rebrewed.status).toBe(200);
    expect(cafe.openai.journal).toHaveLength(3);
    const order = Array.from({ length: 9 }, (_, n) => ({ type: 'article', path: `/warm/${n}` }));
    await admin.post('/warming', { source: 'pages', pages: order, countries: ['FR'], most: 9 });
    await expect.poll(async () => (await admin.get('/warming')).body.job.state).toBe('stopped');
    expect(cafe.openai.journal).toHaveLength(8);
    goTo('12:00:00');
    expect(await ask(cafe, 1)).toBe(0);
    expect(cafe.openai.journal).toHaveLength(8);
  });

  it('opens as the owner has told it for today', async () => {
    const cafe = await open({ env: { ADMIN_BUDGET_CEILING: '20' } });
    const admin = await openAdmin(cafe);
    await admin.put('/budget', { limit: 12 });
    expect(await ask(cafe, 5)).toBe(3);
    const { limit, opening } = (await admin.get('/budget')).body;
    expect([limit, opening.pictures]).toEqual([12, 3]);
  });

  it('heals no more pages than its half of what is open', async () => {
    const cafe = await open({ env: { HEAL_FALLBACKS: 'true', PAGE_CACHE_TTL_SECONDS: '0' } });
    expect(await ask(cafe, 6)).toBe(2);
    const copies = [pages - 3, pages - 2, pages - 1, pages].map((n) => `/posts/${n}`);
    const visitAll = async () => {
      for (const path of copies) {
        await cafe.ask(path);
        await cafe.cafe.servePageImage.finished();
      }
    };
    goTo('01:00:00');
    await visitAll();
    expect(cafe.openai.journal).toHaveLength(2);
    goTo('02:00:00');
    await visitAll();
    expect(cafe.openai.journal).toHaveLength(3);
    // It is the turn of the page for which there was nothing left an hour ago.
    expect((await cafe.ask(String(copies[0]))).body.url).toContain('?v=');
  });

  it('is told by the admin, until all of it is open', async () => {
    const cafe = await open();
    // A session would have ended meanwhile.
    const opening = async () => (await (await openAdmin(cafe)).get('/budget')).body.opening;
    goTo('00:10:00');
    expect(await opening()).toEqual({ pictures: 2, nextAt: '2026-11-21T01:00:00.000Z' });
    goTo('02:59:00');
    expect(await opening()).toEqual({ pictures: 6, nextAt: '2026-11-21T03:00:00.000Z' });
    goTo('03:00:00');
    expect(await opening()).toEqual({ pictures: 8, nextAt: null });
  });
});

describe('a budget that says nothing of hours', () => {
  it('is open from midnight, and the admin tells of no parts', async () => {
    const cafe = await open({ env: { BUDGET_OPENS_OVER_HOURS: '' } });
    expect(await ask(cafe, 9)).toBe(8);
    const admin = await openAdmin(cafe);
    expect((await admin.get('/budget')).body.opening).toBeNull();
  });
});
