import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ORIGIN,
  openTestCafe,
  type TestCafe,
  type TestCafeOptions,
} from '../../support/open-test-cafe.ts';
import { refusal } from '../../support/openai-answers.ts';

const HOUR_MS = 3_600_000;
const YESTERDAY = Date.UTC(2026, 10, 20, 12);
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

function keyOf(path: string): string {
  return `generated/v2/page-cache/article${path}-france.png`;
}

/** The service on the day after its pages got fallbacks, because the budget of four was used up. */
async function theDayAfter(paths: string[], options: TestCafeOptions = {}) {
  const cafe = await openTestCafe({
    ...options,
    env: {
      DAILY_GENERATION_BUDGET: '4',
      HEAL_FALLBACKS: 'true',
      PAGE_CACHE_TTL_SECONDS: '0',
      ...options.env,
    },
    before: (s3) => {
      for (let n = 0; n < 4; n += 1) {
        const id = `00000000-0000-4000-8000-00000000000${n}`;
        s3.seed(`generated/v2/2026/11/20/${id}-france.png`, `yesterday's ${n}`);
      }
    },
  });
  for (const path of paths) {
    expect((await cafe.ask(path)).body.url).toBe(`${ORIGIN}/${keyOf(path)}`);
  }
  expect(cafe.openai.journal).toEqual([]);
  vi.setSystemTime(YESTERDAY + 24 * HOUR_MS);
  return cafe;
}

/** Asks for a page, and waits for what that sets going. */
async function visit(cafe: TestCafe, path: string): Promise<string> {
  const { status, body } = await cafe.ask(path);
  expect(status).toBe(200);
  await cafe.cafe.servePageImage.finished();
  return body.url;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: YESTERDAY });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('D18: a page that got a fallback yesterday', () => {
  it('N11: gets its own dish today, under a URL that no cache has', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    const plain = `${ORIGIN}/${keyOf('/posts/a')}`;
    expect(await visit(cafe, '/posts/a')).toBe(plain);
    expect(cafe.openai.journal).toHaveLength(1);
    const healed = await visit(cafe, '/posts/a');
    expect(healed).toMatch(new RegExp(`^${plain.replaceAll('.', '\\.')}\\?v=${UUID}$`));
    const revision = healed.slice(-36);
    expect(cafe.s3.objects.get(keyOf('/posts/a'))).toMatchObject({
      cacheControl: 'public, max-age=31536000, immutable',
      metadata: { source: 'generated', generation: revision, revision },
    });
    expect(cafe.pngs('generated/v2/2026/11/21/')).toEqual([
      `generated/v2/2026/11/21/${revision}-france.png`,
    ]);
    expect(await visit(cafe, '/posts/a')).toBe(healed);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('keeps nobody waiting for it', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    const painted = Promise.withResolvers<void>();
    cafe.openai.answerNext(async ({ usual }) => {
      await painted.promise;
      return usual();
    });
    for (const _ of [1, 2, 3]) {
      expect((await cafe.ask('/posts/a')).body.url).toBe(`${ORIGIN}/${keyOf('/posts/a')}`);
    }
    await vi.waitFor(() => expect(cafe.openai.journal).toHaveLength(1));
    painted.resolve();
    await cafe.cafe.servePageImage.finished();
    expect(cafe.openai.journal).toHaveLength(1);
    expect(await visit(cafe, '/posts/a')).toContain('?v=');
  });

  it('is noticed while it is known, too, and then known with its new URL', async () => {
    const cafe = await theDayAfter(['/posts/a'], { env: { PAGE_CACHE_TTL_SECONDS: '1' } });
    await expect.poll(() => visit(cafe, '/posts/a')).toContain('?v=');
    cafe.s3.journal.length = 0;
    expect(await visit(cafe, '/posts/a')).toContain('?v=');
    expect(cafe.s3.journal).toEqual([]);
  });

  it('is served with its new URL by another replica as well', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    const other = await openTestCafe({ beside: cafe, env: { PAGE_CACHE_TTL_SECONDS: '0' } });
    await visit(cafe, '/posts/a');
    const healed = await visit(cafe, '/posts/a');
    expect(await visit(other, '/posts/a')).toBe(healed);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('is bought one picture by replicas that notice it together', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    const env = {
      DAILY_GENERATION_BUDGET: '4',
      HEAL_FALLBACKS: 'true',
      PAGE_CACHE_TTL_SECONDS: '0',
    };
    const replicas = [
      cafe,
      ...(await Promise.all([1, 2].map(() => openTestCafe({ beside: cafe, env })))),
    ];
    cafe.openai.latencyMs = 100;
    await Promise.all(replicas.map((replica) => visit(replica, '/posts/a')));
    const urls = await Promise.all(replicas.map((replica) => visit(replica, '/posts/a')));
    expect(new Set(urls).size).toBe(1);
    expect(urls[0]).toContain('?v=');
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('shares half of the budget with its like: the rest is for pages without a picture', async () => {
    const paths = ['/posts/a', '/posts/b', '/posts/c'];
    const cafe = await theDayAfter(paths);
    for (const path of [...paths, ...paths]) await visit(cafe, path);
    expect(cafe.openai.journal).toHaveLength(2);
    for (const path of ['/new/1', '/new/2', '/new/3']) await visit(cafe, path);
    expect(cafe.openai.journal).toHaveLength(4);
  });

  it('keeps its fallback where the generator fails, and is not tried again on that day', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    cafe.openai.answerNext(refusal(400, { message: 'no' }));
    const plain = `${ORIGIN}/${keyOf('/posts/a')}`;
    for (const _ of [1, 2, 3]) expect(await visit(cafe, '/posts/a')).toBe(plain);
    expect(cafe.openai.journal).toHaveLength(1);
    expect(cafe.log.filter((line) => line.includes('fallback replacement failed'))).toHaveLength(1);
    vi.setSystemTime(YESTERDAY + 48 * HOUR_MS);
    await visit(cafe, '/posts/a');
    expect(await visit(cafe, '/posts/a')).toContain('?v=');
  });

  it('keeps it with healing off, and nothing is bought for a page that has a picture', async () => {
    const cafe = await theDayAfter(['/posts/a'], { env: { HEAL_FALLBACKS: 'false' } });
    const plain = `${ORIGIN}/${keyOf('/posts/a')}`;
    for (const _ of [1, 2, 3]) expect(await visit(cafe, '/posts/a')).toBe(plain);
    expect(cafe.openai.journal).toEqual([]);
  });

  it('gets the picture that was bought for it and could not be placed, and no other', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    const key = keyOf('/posts/a');
    // The SDK tries again once where it takes the jump of the day for a clock that is wrong.
    cafe.s3.fault({ operation: 'put', key }, { kind: 'status', status: 403 }, 100);
    await visit(cafe, '/posts/a');
    expect(cafe.s3.objects.get(key)?.metadata.source).toBe('fallback');
    cafe.s3.mend();
    vi.setSystemTime(YESTERDAY + 48 * HOUR_MS);
    await visit(cafe, '/posts/a');
    expect(await visit(cafe, '/posts/a')).toContain('?v=');
    expect(cafe.s3.objects.get(key)?.metadata.source).toBe('generated');
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('is left alone where it shows a picture of its own', async () => {
    const cafe = await theDayAfter(['/posts/a']);
    await visit(cafe, '/new/1');
    for (const _ of [1, 2]) await visit(cafe, '/new/1');
    expect(cafe.openai.journal).toHaveLength(1);
  });
});

describe('D22: the URL of a page', () => {
  it('changes when its picture was deleted and another one is made', async () => {
    const cafe = await openTestCafe({ env: { PAGE_CACHE_TTL_SECONDS: '0' } });
    const first = await visit(cafe, '/posts/a');
    expect(first).toBe(`${ORIGIN}/${keyOf('/posts/a')}`);
    cafe.s3.objects.delete(keyOf('/posts/a'));
    const second = await visit(cafe, '/posts/a');
    expect(second).toMatch(new RegExp(`\\?v=${UUID}$`));
    cafe.s3.objects.delete(keyOf('/posts/a'));
    const third = await visit(cafe, '/posts/a');
    expect(new Set([first, second, third]).size).toBe(3);
    expect(await visit(cafe, '/posts/a')).toBe(third);
    expect(cafe.openai.journal).toHaveLength(3);
  });

  it('changes when its picture was deleted and it gets a copy of another', async () => {
    const env = { PAGE_CACHE_TTL_SECONDS: '0', DAILY_GENERATION_BUDGET: '1' };
    const cafe = await openTestCafe({ env });
    await visit(cafe, '/posts/a');
    cafe.s3.objects.delete(keyOf('/posts/a'));
    const second = await visit(cafe, '/posts/a');
    expect(second).toMatch(new RegExp(`\\?v=${UUID}$`));
    expect(await visit(cafe, '/posts/a')).toBe(second);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('never changes for a page whose picture stays', async () => {
    const cafe = await openTestCafe({ env: { PAGE_CACHE_TTL_SECONDS: '0' } });
    const plain = `${ORIGIN}/${keyOf('/posts/a')}`;
    for (const _ of [1, 2, 3]) expect(await visit(cafe, '/posts/a')).toBe(plain);
  });
});

describe('D19: copies of fallbacks', () => {
  it('have a limit, beyond which a page gets the address of the picture itself, and keeps it', async () => {
    const cafe = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '0', MAX_FALLBACK_COPIES_PER_DAY: '2' },
      before: (s3) => {
        for (let n = 0; n < 9; n += 1) {
          s3.seed(`generated/v2/2026/11/01/00000000-0000-4000-8000-00000000000${n}.png`, `${n}`);
        }
      },
    });
    for (const path of ['/posts/a', '/posts/b']) {
      expect(await visit(cafe, path)).toBe(`${ORIGIN}/${keyOf(path)}`);
    }
    const urls = [];
    for (const path of ['/posts/c', '/posts/d', '/posts/e', '/posts/f']) {
      const [first, second] = [await visit(cafe, path), await visit(cafe, path)];
      expect(first).toMatch(/\/generated\/v2\/2026\/11\/01\//);
      expect(second).toBe(first);
      urls.push(first);
    }
    expect(new Set(urls).size).toBeGreaterThan(1);
    expect(cafe.s3.calls('copy')).toHaveLength(2);
    vi.setSystemTime(YESTERDAY + 24 * HOUR_MS);
    expect(await visit(cafe, '/posts/c')).toBe(`${ORIGIN}/${keyOf('/posts/c')}`);
  });
});
