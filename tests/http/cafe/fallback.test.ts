import { describe, expect, it } from 'vitest';
import { dayAt } from '../../../src/domain/kernel/day.ts';
import {
  type Answer,
  ORIGIN,
  openTestCafe,
  READERS,
  type TestCafe,
} from '../../support/open-test-cafe.ts';
import type { S3StandIn } from '../../support/s3-stand-in.ts';
import { today } from '../../support/utc-days.ts';

const SPENT = { DAILY_GENERATION_BUDGET: '0' };

/** The key of a picture in the pool, which is told from others by its number. */
function pooled(number: number, scope = '', day = '2026/01/01'): string {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return `generated/v2/${day}/${id}${scope && '-'}${scope}.png`;
}

/** Without looks at the owner's settings, of which all requests share one every few seconds. */
function operations({ s3 }: TestCafe): string[] {
  return s3.journal
    .filter(({ key }) => key !== 'records/control.json')
    .map(({ operation }) => operation);
}

/** Listings, but for the trial of what the store can do. */
function listings({ s3 }: TestCafe) {
  return s3.calls('list').filter(({ key }) => !key.startsWith('records/scratch/'));
}

/** What a page's copy was made of. */
function contentOf({ s3 }: TestCafe, url: string): string {
  return Buffer.from(s3.objects.get(url.slice(ORIGIN.length + 1))!.bytes).toString();
}

describe('a fallback', () => {
  it('costs one look at the picture and at what is written of the page, one note, one copy and no listing; then a look', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        for (let n = 0; n < 2500; n += 1) s3.seed(pooled(n, 'japan'), 'japanese');
        s3.seed(pooled(9999, 'france'), 'french');
      },
    });
    for (const path of ['/posts/a', '/posts/b']) {
      cafe.s3.journal.length = 0;
      const { body } = await cafe.ask(path);
      expect(contentOf(cafe, body.url)).toBe('french');
      await cafe.cafe.servePageImage.finished();
      // The page's history, the picture and the note that it gets it are asked and written at once.
      const before = ['head', 'get', 'head', 'put'].toSorted();
      expect(operations(cafe).slice(0, 4).toSorted()).toEqual(before);
      expect(operations(cafe).slice(4)).toEqual(['copy', 'head']);
    }
  });

  it('S18: is answered before it is looked at once more whether its picture is still there', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => s3.seed(pooled(1, 'france'), 'french'),
    });
    const looks = { operation: 'head', key: pooled(1, 'france') } as const;
    const { promise, resolve } = Promise.withResolvers<void>();
    cafe.s3.fault(looks, { kind: 'delay', ms: 0 });
    cafe.s3.fault(looks, { kind: 'wait', until: promise });
    const { body } = await cafe.ask('/posts/a');
    expect((await cafe.ask('/posts/a')).body.url).toBe(body.url);
    await expect.poll(() => cafe.s3.countOf(looks)).toBe(2);
    cafe.s3.objects.delete(pooled(1, 'france'));
    resolve();
    await cafe.cafe.servePageImage.finished();
    expect(cafe.pngs()).toEqual([]);
    // Nor is it remembered that the page shows it.
    expect((await cafe.ask('/posts/a')).status).toBe(503);
  });

  it('stays, and the log says so, where that look fails', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => s3.seed(pooled(1, 'france'), 'french'),
    });
    const looks = { operation: 'head', key: pooled(1, 'france') } as const;
    cafe.s3.fault(looks, { kind: 'delay', ms: 0 });
    cafe.s3.fault(looks, { kind: 'status', status: 403, code: 'AccessDenied' }, 9);
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    await cafe.cafe.servePageImage.finished();
    expect(cafe.pngs()).toHaveLength(2);
    expect(cafe.log.join()).toContain('copy check failed');
  });

  it('shows every picture there is in the long run', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        for (let n = 0; n < 10; n += 1) s3.seed(pooled(n, n < 5 ? 'france' : ''), `${n}`);
      },
    });
    const shown = async (from: string, path: string) => {
      const contents = new Set<string>();
      for (let n = 0; n < 150; n += 10) {
        const some = Array.from({ length: 10 }, (_, at) => cafe.ask(`${path}/${n + at}`, { from }));
        for (const { body } of await Promise.all(some)) contents.add(contentOf(cafe, body.url));
      }
      return contents;
    };
    expect((await shown(READERS.FR, '/fr')).size).toBe(5);
    expect((await shown(READERS.JP, '/jp')).size).toBe(10);
    expect(cafe.s3.calls('list')).toEqual([]);
  });

  it('is another picture in each of twenty places that ask at once, as long as there are as many', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        for (let n = 0; n < 20; n += 1) s3.seed(pooled(n, 'france'), `${n}`);
      },
    });
    for (const visit of ['/first', '/second', '/third']) {
      cafe.s3.journal.length = 0;
      const places = Array.from({ length: 20 }, (_, n) => cafe.ask(`${visit}/${n}`));
      const shown = (await Promise.all(places)).map(({ body }) => contentOf(cafe, body.url));
      expect(new Set(shown).size).toBe(20);
      expect(cafe.s3.calls('copy')).toHaveLength(20);
      expect(cafe.s3.calls('list')).toEqual([]);
    }
  });

  it('is none that the same visit shows in its own place, as long as there are others', async () => {
    const cafe = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '5' },
      before: (s3) => {
        for (let n = 0; n < 5; n += 1) s3.seed(pooled(n, 'france'), `${n}`);
      },
    });
    const own = Array.from({ length: 5 }, (_, n) => `/own/${n}`);
    for (const path of own) await cafe.ask(path);
    expect(cafe.openai.journal).toHaveLength(5);
    const pictureAt = (url: string) =>
      cafe.s3.objects.get(url.slice(ORIGIN.length + 1))?.metadata.generation;
    for (const visit of ['/first', '/second']) {
      const others = Array.from({ length: 5 }, (_, n) => `${visit}/${n}`);
      const places = await Promise.all([...own, ...others].map((path) => cafe.ask(path)));
      expect(new Set(places.map(({ body }) => pictureAt(body.url))).size).toBe(10);
    }
    expect(cafe.openai.journal).toHaveLength(5);
  });

  it('may show at once what was just generated', async () => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '1' } });
    await cafe.ask('/posts/a');
    const lists = cafe.s3.calls('list').length;
    const { body } = await cafe.ask('/posts/b', { query: '?details=1' });
    expect(body).toMatchObject({ source: 'fallback', country: { code: 'FR' } });
    const beyondTheLedger = cafe.s3
      .calls('list')
      .slice(lists)
      .map(({ key }) => key);
    expect(beyondTheLedger.filter((key) => !key.includes(today()))).toEqual([]);
  });

  it('S10: is another picture where the chosen ones were deleted, and they are not chosen again', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        for (let n = 0; n < 5; n += 1) s3.seed(pooled(n, 'france'), `${n}`);
      },
    });
    // After four in a row the store is listed.
    for (let n = 0; n < 3; n += 1) cafe.s3.objects.delete(pooled(n, 'france'));
    for (let n = 0; n < 40; n += 1) {
      const { body } = await cafe.ask(`/posts/${n}`);
      expect(['3', '4']).toContain(contentOf(cafe, body.url));
    }
    const missed = cafe.s3.calls('head').filter(({ key, status }) => {
      return key.startsWith('generated/v2/2026/') && status === 404;
    });
    expect(missed.length).toBeLessThanOrEqual(3);
    expect(cafe.s3.calls('list')).toEqual([]);
  });
});

describe('many new pages at once, with nothing to fall back on', () => {
  const askForMany = (cafe: TestCafe, count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => cafe.ask(`/posts/${n}`)));
  const statusesOf = (answers: Answer[]) => {
    const groups = Object.groupBy(answers, ({ status, body }) => {
      return body.error ? `${status} ${body.error.code}` : `${status}`;
    });
    return Object.entries(groups).map(([what, those = []]) => `${those.length} times ${what}`);
  };

  it('wait for the first picture that is made, and fall back on it', async () => {
    const cafe = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '5', S3_READ_TIMEOUT_MS: '60000' },
      openai: { latencyMs: 1000 },
    });
    const answers = await askForMany(cafe, 40);
    expect(statusesOf(answers)).toEqual(['40 times 200']);
    expect(cafe.openai.journal).toHaveLength(5);
    expect(cafe.s3.calls('copy')).toHaveLength(35);
    expect(new Set(answers.map(({ body }) => body.url)).size).toBe(40);
  });

  it('wait for the second where the first fails, and no longer than for the last', async () => {
    const cafe = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '2', MAX_CONCURRENT_GENERATIONS: '1' },
    });
    const fails = async () => new Response('{}', { status: 400 });
    const { promise, resolve } = Promise.withResolvers<void>();
    cafe.openai.answerNext(fails, async ({ usual }) => {
      await promise;
      return usual();
    });
    const answers = askForMany(cafe, 10);
    await expect.poll(() => cafe.openai.journal.length).toBe(2);
    resolve();
    expect(statusesOf(await answers)).toEqual(['9 times 200', '1 times 502 upstream_failed']);
  });

  it('get an error once the last one has failed', async () => {
    const cafe = await openTestCafe({
      env: { DAILY_GENERATION_BUDGET: '2', MAX_FALLBACK_COPIES_PER_DAY: '1' },
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const fails = async () => {
      await promise;
      return new Response('{}', { status: 500 });
    };
    cafe.openai.answerNext(fails, fails);
    const answers = askForMany(cafe, 10);
    await expect.poll(() => cafe.openai.journal.length).toBe(2);
    resolve();
    expect(statusesOf(await answers)).toEqual([
      '2 times 502 upstream_failed',
      '8 times 503 no_image_available',
    ]);
    // None of them was a copy.
    cafe.s3.seed(pooled(1, 'france'), 'french');
    await cafe.cafe.pool.refresh();
    cafe.cafe.pool.add(pooled(1, 'france'));
    expect((await cafe.ask('/posts/last')).body.url).toContain('/page-cache/');
  });

  it('are answered, too, when the service is asked to stop meanwhile', async () => {
    const cafe = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const { promise, resolve } = Promise.withResolvers<void>();
    cafe.openai.answerNext(async ({ usual }) => {
      await promise;
      return usual();
    });
    const answers = askForMany(cafe, 5);
    await expect.poll(() => cafe.openai.journal.length).toBe(1);
    const looks = { operation: 'list', key: 'generated/v2/' } as const;
    await expect.poll(() => cafe.s3.countOf(looks)).toBe(4);
    const drained = cafe.drain();
    resolve();
    expect(statusesOf(await answers)).toEqual(['5 times 200']);
    await drained;
  });
});

describe('a pool that others cleared while the service ran', () => {
  it.each([
    ['a new picture', pooled(1000, 'japan')],
    ["a page's picture", 'generated/v2/page-cache/article/old-japan.png'],
  ])('is looked at once more, and %s found, before a reader goes without', async (_, key) => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        for (let n = 0; n < 100; n += 1) s3.seed(pooled(n, 'france'), `${n}`);
      },
    });
    cafe.s3.objects.clear();
    cafe.s3.seed(key, 'new');
    const { status, body } = await cafe.ask('/posts/a');
    expect([status, contentOf(cafe, body.url)]).toEqual([200, 'new']);
  });
});

describe('a service that has just started', () => {
  const hangingListing = (s3: S3StandIn) => {
    for (let n = 0; n < 3000; n += 1) s3.seed(pooled(n, 'france'), 'french');
    s3.fault({ operation: 'list' }, { kind: 'hang' });
  };
  const DAY_MS = 86_400_000;
  const mostlyJapanese = (s3: S3StandIn) => {
    s3.seed(pooled(0, 'france', dayAt(Date.now() - 20 * DAY_MS)), 'french');
    for (let n = 1; n <= 10; n += 1) s3.seed(pooled(n, 'japan', today()), 'japanese');
  };
  const askForMany = async (cafe: TestCafe) => {
    const pages = Array.from({ length: 12 }, (_, n) => cafe.ask(`/posts/${n}`));
    return (await Promise.all(pages)).map(({ body }) => body.url as string);
  };

  it('waits for the pool to be known for a moment, and falls back by country then', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        mostlyJapanese(s3);
        s3.fault({ operation: 'list' }, { kind: 'delay', ms: 200 });
      },
      warm: false,
    });
    for (const url of await askForMany(cafe)) {
      expect([url, contentOf(cafe, url)]).toEqual([
        expect.stringMatching(/page-cache.*-france\.png$/),
        'french',
      ]);
    }
    expect(listings(cafe)).toHaveLength(1);
  });

  it('gives no page a picture of another country for good before it knows the pool', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        mostlyJapanese(s3);
        s3.fault({ operation: 'list' }, { kind: 'hang' });
      },
      warm: false,
    });
    const urls = await askForMany(cafe);
    expect(urls.filter((url) => contentOf(cafe, url) === 'japanese')).not.toEqual([]);
    const pages = () => cafe.keys('generated/v2/page-cache/');
    for (const key of pages()) expect(contentOf(cafe, `${ORIGIN}/${key}`)).toBe('french');
    for (const key of cafe.keys('records/shown/')) expect(key).toContain('8000-000000000000');
    cafe.s3.mend();
    await cafe.cafe.pool.refresh();
    for (const url of await askForMany(cafe)) expect(contentOf(cafe, url)).toBe('french');
    expect(pages()).toHaveLength(12);
  });

  it('P7: is ready, and falls back with one listing, before it knows the pool', async () => {
    const cafe = await openTestCafe({ env: SPENT, before: hangingListing, warm: false });
    const { status, body } = await cafe.ask('/posts/a');
    expect([status, contentOf(cafe, body.url)]).toEqual([200, 'french']);
    expect(listings(cafe)[0]).not.toHaveProperty('status');
    // The first is the one that hangs; the pool's beginning is looked at where nothing is behind.
    expect(listings(cafe).length).toBeLessThanOrEqual(3);
    expect(listings(cafe)[1]?.query.get('start-after')).toMatch(/\/2\d{3}\/.*[0-9a-f]{12}/);
  });

  it('stops no later than its store gives up when the pool is still being listed', async () => {
    const cafe = await openTestCafe({
      env: { ...SPENT, S3_READ_TIMEOUT_MS: '400' },
      before: hangingListing,
      warm: false,
    });
    await cafe.drain();
    expect(cafe.log.filter((line) => line.includes('pool listing failed'))).toEqual([]);
  });

  it('says once that the pool cannot be listed', async () => {
    const cafe = await openTestCafe({
      env: SPENT,
      before: (s3) => {
        s3.seed(pooled(1), 'picture');
        s3.fault({ operation: 'list' }, { kind: 'status', status: 403, code: 'AccessDenied' });
      },
    });
    for (const path of ['/posts/a', '/posts/b']) expect((await cafe.ask(path)).status).toBe(200);
    const told = cafe.log.filter((line) => line.includes('pool listing failed'));
    expect(told.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', known: 0 }]);
  });
});
