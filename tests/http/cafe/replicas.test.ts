import { describe, expect, it, vi } from 'vitest';
import { ORIGIN, openTestCafe, type TestCafe } from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';
import { REFUSED_CONDITIONS } from '../../support/s3-conditions.ts';
import type { S3StandIn } from '../../support/s3-stand-in.ts';
import { today } from '../../support/utc-days.ts';

const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-france.png';
/** For what is about pages that a replica left behind. Elsewhere nobody's lease should end. */
const quick = { CLAIM_LEASE_MS: '1000' };

async function openReplicas(count: number, env: Record<string, string> = {}): Promise<TestCafe[]> {
  const first = await openTestCafe({ env });
  const others = Array.from({ length: count - 1 }, () => openTestCafe({ beside: first, env }));
  return [first, ...(await Promise.all(others))];
}

describe('K11: readers of one new page, over three replicas', () => {
  it('get one picture, bought once, under one URL', async () => {
    const replicas = await openReplicas(3);
    const [{ openai, keys, pngs }] = replicas as [TestCafe];
    openai.latencyMs = 200;
    const asked = replicas.flatMap(({ ask }) => Array.from({ length: 100 }, () => ask('/posts/a')));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.url))).toEqual(
      new Set([`${ORIGIN}/${PAGE_KEY}`]),
    );
    expect(openai.journal).toHaveLength(1);
    expect(pngs(`generated/v2/${today()}`)).toHaveLength(1);
    expect(keys(`records/${today()}`)).toHaveLength(1);
  });

  it('are all told where the generator fails, and the next one to ask tries again', async () => {
    const replicas = await openReplicas(3);
    const [{ s3, openai, ask }] = replicas as [TestCafe];
    const claimed = () => s3.countOf({ operation: 'put', key: /^records\/pages\// });
    openai.answerNext(async () => {
      await expect.poll(claimed).toBeGreaterThanOrEqual(3);
      return new Response(JSON.stringify({ error: { message: 'no' } }), { status: 400 });
    });
    const answers = await Promise.all(replicas.map((replica) => replica.ask('/posts/a')));
    expect(answers.map(({ status }) => status)).toEqual([502, 502, 502]);
    expect(answers.map(({ body }) => body.error.code)).toEqual(Array(3).fill('upstream_failed'));
    expect(openai.journal).toHaveLength(1);
    expect((await ask('/posts/a')).status).toBe(200);
  });

  it('converge on one picture where the store refuses conditional writes', async () => {
    const first = await openTestCafe({ s3: { conditions: REFUSED_CONDITIONS }, env: quick });
    const replicas = [
      first,
      await openTestCafe({ beside: first, env: quick }),
      await openTestCafe({ beside: first, env: quick }),
    ];
    first.openai.latencyMs = 200;
    const answers = await Promise.all(replicas.map(({ ask }) => ask('/posts/a')));
    expect(new Set(answers.map(({ body }) => body.url)).size).toBe(1);
    expect(first.openai.journal.length).toBeLessThanOrEqual(3);
    expect(first.keys('generated/v2/page-cache/')).toEqual([PAGE_KEY]);
  });
});

describe('a replica that is gone', () => {
  const MAKING = 'generated/v2/2026/11/21/00000000-0000-4000-8000-000000000007-france.png';

  /** A page that was claimed by a process of which nothing was heard again. */
  async function abandonedPage() {
    const cafe = await openTestCafe({ env: quick });
    const until = new Date(Date.now() + 1000).toISOString();
    const note = {
      page: { type: 'article', path: '/posts/a' },
      country: 'FR',
      making: [MAKING],
      claim: { holder: '00000000-0000-4000-8000-00000000dead', until, renewals: 2 },
    };
    cafe.s3.seed('records/pages/article/posts/a-france.json', JSON.stringify(note));
    return cafe;
  }

  it('leaves its page to another one once its lease is over', async () => {
    const { openai, ask } = await abandonedPage();
    const { status, body } = await ask('/posts/a');
    expect([status, body.url]).toEqual([200, `${ORIGIN}/${PAGE_KEY}`]);
    expect(openai.journal).toHaveLength(1);
  });

  it('leaves what it stored, which is not bought a second time', async () => {
    const abandoned = await abandonedPage();
    const { s3, openai, cafe, ask } = abandoned;
    const metadata = { source: 'generated', country: 'FR', width: '640', height: '480' };
    s3.seed(MAKING, 'paid for', { contentType: 'image/png', metadata });
    const { body } = await ask('/posts/a', { query: '?details=1' });
    expect(body).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, width: 640 });
    expect(Buffer.from(s3.objects.get(PAGE_KEY)!.bytes).toString()).toBe('paid for');
    expect(openai.journal).toEqual([]);
    // Caches have it now, so the next one needs another URL.
    await cafe.servePageImage.finished();
    s3.objects.delete(PAGE_KEY);
    const later = await openTestCafe({ beside: abandoned, env: quick });
    expect((await later.ask('/posts/a')).body.url).toMatch(/\?v=/);
  });

  it('leaves what it stored, also where the first look for it fails', async () => {
    const { s3, openai, ask } = await abandonedPage();
    const metadata = { source: 'generated', country: 'FR', width: '640', height: '480' };
    s3.seed(MAKING, 'paid for', { contentType: 'image/png', metadata });
    s3.fault({ operation: 'head', key: MAKING }, { kind: 'status', status: 500 }, 1000);
    expect((await ask('/posts/a')).status).toBe(503);
    s3.mend();
    expect((await ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    expect(openai.journal).toEqual([]);
  });

  it('P3: after it stored the picture, and before it placed it, has it placed by another', async () => {
    const first = await openTestCafe({ env: quick });
    const { s3, openai, ask, pngs } = first;
    s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'status', status: 403 }, 1);
    const dated = (await ask('/posts/a')).body.url;
    expect(dated).toContain(today());
    await first.cafe.servePageImage.finished();
    const restarted = await openTestCafe({ beside: first, env: quick });
    const { body } = await restarted.ask('/posts/a', { query: '?details=1' });
    expect(body).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, country: { code: 'FR' } });
    expect(openai.journal).toHaveLength(1);
    expect(s3.calls('copy')).toHaveLength(1);
    expect(pngs()).toHaveLength(2);
    expect(s3.objects.get(PAGE_KEY)?.cacheControl).toContain('immutable');
  });

  it('has its picture placed even when the budget is used up', async () => {
    const env = { ...quick, DAILY_GENERATION_BUDGET: '1', PAGE_CACHE_TTL_SECONDS: '0' };
    const first = await openTestCafe({ env });
    first.s3.fault({ operation: 'put', key: PAGE_KEY }, { kind: 'status', status: 403 }, 1);
    await first.ask('/posts/a');
    await first.cafe.servePageImage.finished();
    const other = await openTestCafe({ beside: first, env });
    expect((await other.ask('/posts/b')).status).toBe(200);
    expect((await other.ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    expect(other.s3.objects.get(PAGE_KEY)?.metadata.source).toBe('generated');
  });
});

describe('S14: a fallback and the page’s own picture that come at the same time', () => {
  /** One replica that paints in 600 ms, and one that has no budget and copies after a while. */
  async function race(copyMs: number) {
    const env = { ...quick, PAGE_CACHE_TTL_SECONDS: '0' };
    const painter = await openTestCafe({ env, openai: { latencyMs: 600 } });
    painter.s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'other');
    const other = await openTestCafe({
      beside: painter,
      env: { ...env, DAILY_GENERATION_BUDGET: '0' },
    });
    painter.s3.fault({ operation: 'copy' }, { kind: 'delay', ms: copyMs });
    const fallback = other.ask('/posts/a', { query: '?details=1' });
    await expect.poll(() => painter.s3.calls('copy').length).toBe(1);
    const own = painter.ask('/posts/a');
    const answers = [await fallback, await own].map(({ body }) => body);
    expect(painter.s3.objects.get(PAGE_KEY)?.metadata.source).toBe('generated');
    const later = await Promise.all([other.ask('/posts/a'), painter.ask('/posts/a')]);
    return { answers, later: later.map(({ body }) => body.url) };
  }

  it('leave the own one, under a URL of its own, where the fallback is there first', async () => {
    const { answers, later } = await race(200);
    expect(answers[0]).toMatchObject({ url: `${ORIGIN}/${PAGE_KEY}`, source: 'fallback' });
    expect(answers[1].url).toMatch(/\?v=/);
    expect(later).toEqual([answers[1].url, answers[1].url]);
  });

  it('leave the own one where that is there first', async () => {
    const { answers, later } = await race(1500);
    expect(answers.map(({ url }) => url)).toEqual([
      `${ORIGIN}/${PAGE_KEY}`,
      `${ORIGIN}/${PAGE_KEY}`,
    ]);
    expect(answers[0].source).toBe('stored');
    expect(later).toEqual([`${ORIGIN}/${PAGE_KEY}`, `${ORIGIN}/${PAGE_KEY}`]);
  });
});

describe('a replica without budget', () => {
  it('waits for another one that paints the page', async () => {
    const painter = await openTestCafe({ env: quick, openai: { latencyMs: 500 } });
    const env = { ...quick, DAILY_GENERATION_BUDGET: '0' };
    const other = await openTestCafe({ beside: painter, env });
    painter.s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'other');
    const own = painter.ask('/posts/a');
    await expect.poll(() => painter.openai.journal.length).toBe(1);
    const answers = await Promise.all([own, other.ask('/posts/a')]);
    expect(answers.map(({ body }) => body.url)).toEqual(Array(2).fill(`${ORIGIN}/${PAGE_KEY}`));
    expect(painter.s3.calls('copy')).toEqual([]);
  });
});

describe('a replica that stops', () => {
  it('waits for no other one that paints the page', async () => {
    const [painter, waiter] = (await openReplicas(2)) as [TestCafe, TestCafe];
    const { promise, resolve } = Promise.withResolvers<void>();
    painter.openai.answerNext(async ({ usual }) => {
      await promise;
      return usual();
    });
    const painted = painter.ask('/posts/a');
    await expect.poll(() => painter.openai.journal.length).toBe(1);
    const waiting = waiter.ask('/posts/a');
    const claimed = () => painter.s3.countOf({ operation: 'put', key: /^records\/pages\// });
    await expect.poll(claimed).toBeGreaterThanOrEqual(2);
    const stopped = waiter.drain();
    const { status, body } = await waiting;
    expect([status, body.error.code]).toEqual([503, 'draining']);
    await stopped;
    resolve();
    expect((await painted).status).toBe(200);
  });
});

it('a page that failed for another replica is covered by the pool with FALLBACK_ON_UPSTREAM_ERROR', async () => {
  const env = { FALLBACK_ON_UPSTREAM_ERROR: 'true' };
  const replicas = await openReplicas(2, env);
  const [{ s3, openai }] = replicas as [TestCafe];
  s3.seed('generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001.png', 'another');
  openai.answerNext(refusal(401, { message: 'no' }));
  const answers = await Promise.all(replicas.map(({ ask }) => ask('/posts/a')));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

describe('K15: a deletion that the store carries out a second time, later', () => {
  it('takes no record of a call that runs', async () => {
    const replicas = await openReplicas(2, { DAILY_GENERATION_BUDGET: '1' });
    const [first, second] = replicas as [TestCafe, TestCafe];
    const { s3, openai, keys } = first;
    const record = new RegExp(`^records/${today()}/`);
    const reservations = () => s3.countOf({ operation: 'put', key: record });
    const bothReserved = vi.waitFor(() => expect(reservations()).toBe(2), 30_000);
    const { promise: afterwards, resolve: carryOut } = Promise.withResolvers<void>();
    // Both count both, and invalidate.
    s3.fault(
      { operation: 'list', key: `records/${today()}` },
      { kind: 'wait', until: bothReserved },
      2,
    );
    s3.fault({ operation: 'delete', key: record }, { kind: 'twice', again: afterwards }, 2);
    const { promise: painted, resolve: paint } = Promise.withResolvers<void>();
    openai.answerNext(async ({ usual }) => {
      await painted;
      return usual();
    });
    const asked = [first.ask('/posts/a'), second.ask('/posts/b')];
    await expect.poll(() => openai.journal.length, { timeout: 30_000 }).toBe(1);
    expect(s3.countOf({ operation: 'delete', key: record })).toBeGreaterThan(1);
    carryOut();
    // One more round of the event loop, in which the stand-in deletes.
    await new Promise((resolve) => setImmediate(resolve));
    expect(keys(`records/${today()}`).length).toBeGreaterThan(0);
    const later = replicas.map(({ ask }) => ask('/posts/c'));
    await Promise.any(later);
    paint();
    await Promise.all([...asked, ...later]);
    expect(openai.journal).toHaveLength(1);
  }, 60_000);
});

describe('K16: a replica without ADMIN_TOKEN', () => {
  it.each([
    ['pause', { paused: true }],
    ['budget for the day', { paused: false, budget: { day: today(), pictures: 0 } }],
  ])('heeds the %s that the owner set on another one', async (_, told) => {
    const before = (s3: S3StandIn) => s3.seed('records/control.json', JSON.stringify(told));
    const { ask, openai } = await openTestCafe({ before, env: { ADMIN_TOKEN: '' } });
    expect((await ask('/posts/a')).status).toBe(503);
    expect(openai.journal).toEqual([]);
  });
});
