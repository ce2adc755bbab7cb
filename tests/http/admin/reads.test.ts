import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dayAt } from '../../../src/domain/kernel/day.ts';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import { BLOG, ORIGIN, openTestCafe, READERS } from '../../support/open-test-cafe.ts';
import { tinyPng } from '../../support/tiny-png.ts';
import { today } from '../../support/utc-days.ts';

const open = (options: Parameters<typeof openTestCafe>[0] = {}) =>
  openTestCafe({ ...options, env: { ...WITH_ADMIN, ...options.env } });

const TODAY = () => today().replaceAll('/', '-');

describe('the budget', () => {
  it('tells what today has used and what is left', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '3', MONTHLY_BUDGET_USD: '20' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/a');
    cafe.s3.seed(`generated/v2/${today()}/another-tool.png`, 'x');
    const { status, body } = await admin.get('/budget');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      day: TODAY(),
      paused: false,
      limit: 3,
      configuredLimit: 3,
      ceiling: 30,
      ceilingFrom: 'DAILY_GENERATION_BUDGET',
      limitOverCeiling: null,
      stoppedBy: null,
      used: 2,
      reserved: 0,
      remaining: 1,
    });
    expect(Date.parse(body.resetsAt) % 86_400_000).toBe(0);
    expect(body.dollars.today.limit).toBeNull();
    expect(body.dollars.today.used).toBeGreaterThan(body.dollars.dearestPicture);
    expect(body.dollars.month).toEqual({ used: body.dollars.today.used, limit: 20 });
    expect(body.history).toEqual([
      { day: TODAY(), used: 2, reserved: 0, dollars: body.dollars.today.used },
    ]);
  });

  it('counts what is reserved as used', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    cafe.s3.seed(`records/${today()}/${randomUUID()}-france.reserved.46080.json`, '{}');
    const { body } = await admin.get('/budget');
    expect(body).toMatchObject({ used: 1, reserved: 1, remaining: 14 });
    expect(body.dollars.today.used).toBe(0.04608);
  });

  it('tells of 90 days, folded ones included, and of none before', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    const day = (back: number) => dayAt(Date.now() - back * 86_400_000);
    for (const back of [1, 89, 90]) cafe.s3.seed(`records/${day(back)}.4.120000.json`, '{}');
    const { body } = await admin.get('/budget');
    expect(body.history).toEqual(
      [89, 1].map((back) => ({
        day: day(back).replaceAll('/', '-'),
        used: 4,
        reserved: 0,
        dollars: 0.12,
      })),
    );
    expect(cafe.s3.countOf({ operation: 'list' })).toBe(3);
  });
});

describe('the pictures', () => {
  it('are listed the newest first, with what is known of them', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/a');
    await cafe.ask('/posts/b', { from: READERS.JP });
    const { body } = await admin.get('/images');
    expect(body.nextCursor).toBeNull();
    const [second, first] = body.items;
    expect(first).toMatchObject({
      id: expect.stringMatching(/^\d{4}-\d{2}-\d{2}_[0-9a-f-]{36}-france$/),
      day: TODAY(),
      country: 'FR',
      presence: 'visible',
      state: 'spent',
      url: expect.stringMatching(`^${ORIGIN}/generated/v2/${today()}/`),
      model: 'gpt-image-2',
      page: { type: 'article', path: '/posts/a' },
      reason: null,
    });
    expect(second.country).toBe('JP');
    expect(second.dollars).toBeGreaterThan(0);
  });

  it('are paged by a cursor that leaves nothing out and shows nothing twice', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    for (let n = 0; n < 25; n += 1) {
      cafe.s3.seed(`generated/v2/2026/0${1 + (n % 3)}/01/${randomUUID()}-france.png`, 'x');
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await admin.get(`/images?limit=7&cursor=${cursor}`.replace(/&cursor=$/, ''));
      expect(body.items.length).toBeLessThanOrEqual(7);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toEqual(seen.toSorted().reverse());
  });

  it('come the oldest first if asked, and behind any of them', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    for (let n = 0; n < 12; n += 1) {
      cafe.s3.seed(`generated/v2/2026/0${1 + (n % 3)}/01/${randomUUID()}-france.png`, 'x');
    }
    const ids = async (query: string) =>
      (await admin.get(`/images?${query}`)).body.items.map(({ id }: { id: string }) => id);
    const all = await ids('');
    expect(await ids('sort=oldest')).toEqual(all.toReversed());
    expect(await ids('sort=oldest&day=2026-02-01')).toEqual(all.slice(4, 8).reverse());
    expect(await ids(`after=${all[5]}`)).toEqual(all.slice(6));
    expect(await ids(`after=${all[5]}&sort=oldest&limit=2`)).toEqual([all[4], all[3]]);
    expect(await ids(`after=${all[0]}&sort=oldest`)).toEqual([]);
    const { body } = await admin.get('/images?sort=oldest&limit=5');
    expect(await ids(`sort=oldest&cursor=${body.nextCursor}`)).toEqual(all.toReversed().slice(5));
    const { status } = await admin.get(`/images?after=2026-01-01_${randomUUID()}-france`);
    expect(status).toBe(404);
  });

  it('can be asked for by country, day, model, state and page', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '3' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/one');
    await cafe.ask('/about', { from: READERS.unknown });
    cafe.s3.seed(`generated/v2/2026/01/02/${randomUUID()}-japan.png`, 'x');
    cafe.s3.seed(`records/hidden/2026/01/03/${randomUUID()}.png`, 'x');
    cafe.s3.seed(`records/${today()}/${randomUUID()}.unknown.46080.json`, '{}');
    const count = async (query: string) => (await admin.get(`/images?${query}`)).body.items.length;
    expect(await count('')).toBe(4);
    expect(await count('country=FR')).toBe(1);
    expect(await count('country=anywhere')).toBe(2);
    expect(await count(`day=${TODAY()}`)).toBe(2);
    expect(await count('day=2026-01-02')).toBe(1);
    expect(await count('model=gpt-image-2')).toBe(2);
    expect(await count('page=about')).toBe(1);
    expect(await count('state=hidden')).toBe(1);
    expect(await count('state=visible')).toBe(3);
    expect(await count('state=failed')).toBe(1);
    expect(await count('state=all')).toBe(5);
    expect(await count('state=hidden&country=FR')).toBe(0);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'country=XX',
    'country=fr',
    'day=2026-02-30',
    'day=yesterday',
    'state=nice',
    'cursor=rubbish',
    'sort=dearest',
    'after=../records',
    'cursor=eyJkYXkiOiIuLi8uLi8uLiJ9',
    'prefix=records',
    'limit=1&limit=2',
  ])('are not listed for %s', async (query) => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    cafe.s3.journal.length = 0;
    const { status, body } = await admin.get(`/images?${query}`);
    expect([status, body.error.code]).toEqual([400, 'invalid_request']);
    expect(cafe.s3.countOf({ operation: 'list' })).toBe(0);
  });

  it('of ten thousand are listed at the cost of four listings', async () => {
    const cafe = await open({
      env: { S3_READ_TIMEOUT_MS: '30000' },
      before: (s3) => {
        for (let n = 0; n < 10_000; n += 1) {
          const day = dayAt(Date.now() - Math.floor(n / 111) * 86_400_000);
          s3.seed(`generated/v2/${day}/${randomUUID()}-france.png`, 'x');
        }
      },
    });
    const admin = await openAdmin(cafe);
    cafe.s3.journal.length = 0;
    const { body } = await admin.get('/images?limit=100');
    expect(body.items).toHaveLength(100);
    // One more to look whether the session was ended.
    expect(cafe.s3.journal.map(({ operation }) => operation)).toEqual([
      'head',
      'list',
      'list',
      'list',
      'list',
    ]);
  });
});

describe('one picture', () => {
  it('is told of with all that is known, and with every page that shows it', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/own');
    for (const page of ['/posts/b', '/posts/c']) await cafe.ask(page);
    const [image] = (await admin.get('/images')).body.items;
    const { body } = await admin.get(`/images/${image.id}`);
    expect(body).toMatchObject({
      ...image,
      prompt: expect.stringContaining('in France'),
      durationMs: expect.any(Number),
      shownOnMore: false,
    });
    const shown = body.shownOn.map(({ path, source }: Record<string, string>) => [path, source]);
    expect(shown).toEqual([
      ['/posts/own', 'own'],
      ['/posts/b', 'fallback'],
      ['/posts/c', 'fallback'],
    ]);
    expect(body.shownOn.every((page: { image: string }) => page.image === image.id)).toBe(true);
  });

  it('is not said to be on a page that shows another one by now', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/posts/own');
    const [image] = (await admin.get('/images')).body.items;
    cafe.s3.seed('generated/v2/page-cache/article/posts/own-france.png', 'x', {
      contentType: 'image/png',
      metadata: { generation: randomUUID() },
    });
    expect((await admin.get(`/images/${image.id}`)).body.shownOn).toEqual([]);
  });

  it.each([
    'x',
    '2026-11-21',
    '..',
    '..%2f..%2frecords',
    '2026-13-41_00000000-0000-4000-8000-000000000001',
    '2026-11-21_00000000-0000-4000-8000-000000000001-atlantis',
    '2026-11-21_00000000-0000-4000-8000-000000000001%2f..',
    '2026-11-21_00000000-0000-4000-8000-00000000000G',
  ])('is not named by %s', async (id) => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    cafe.s3.journal.length = 0;
    const { status } = await admin.get(`/images/${id}`);
    expect([400, 404]).toContain(status);
    expect(cafe.s3.journal.filter(({ operation }) => operation !== 'head')).toEqual([]);
  });

  it('that is not there is 404', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    const { status } = await admin.get(`/images/2026-11-21_${randomUUID()}`);
    expect(status).toBe(404);
  });
});

describe('the pages', () => {
  it('are listed with what they show, where it came from and since when', async () => {
    const cafe = await open({ env: { DAILY_GENERATION_BUDGET: '1' } });
    const admin = await openAdmin(cafe);
    await cafe.ask('/Posts/Café/');
    await cafe.ask('/posts/b', { from: READERS.JP });
    cafe.s3.seed('generated/v2/page-cache/archive/old-anywhere.png', 'x');
    const { body } = await admin.get('/pages');
    expect(body.nextCursor).toBeNull();
    const [old, fallback, own] = body.items;
    expect(old).toMatchObject({
      type: 'archive',
      slug: 'old',
      country: null,
      image: null,
      at: null,
    });
    expect(fallback).toMatchObject({ path: '/posts/b', country: 'JP', source: 'fallback' });
    expect(own).toMatchObject({ path: '/posts/café', country: 'FR', source: 'own' });
    expect(own.image).toBe(fallback.image);
  });

  it('are shown small where there are smaller files', async () => {
    const picture = (seed: number) => tinyPng({ seed, width: 512, height: 512 });
    const cafe = await open({ openai: { picture } });
    const admin = await openAdmin(cafe);
    cafe.s3.seed('generated/v2/page-cache/archive/old-anywhere.png', 'x');
    const { placeholder, renditions } = (await cafe.ask('/posts/a', { query: '?details=1' })).body;
    const [old, own] = (await admin.get('/pages')).body.items;
    expect(old).toMatchObject({ renditions: [], thumbhash: null });
    expect(own.thumbhash).toBe(placeholder);
    expect([old.blogUrl, own.blogUrl]).toEqual([null, `${BLOG}/posts/a`]);
    expect(own.renditions).toEqual([renditions[0].url]);
    const { shownOn } = (await admin.get(`/images/${own.image}`)).body;
    expect(shownOn).toEqual([own]);
  });

  it('are paged, and can be asked for by type, country and a part of their key', async () => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    for (let n = 0; n < 12; n += 1) {
      cafe.s3.seed(`generated/v2/page-cache/article/posts/${n}-japan.png`, 'x');
    }
    cafe.s3.seed('generated/v2/page-cache/index/root-france.png', 'x');
    const slugs = async (query: string) =>
      (await admin.get(`/pages?${query}`)).body.items.map(({ slug }: { slug: string }) => slug);
    expect(await slugs('type=index')).toEqual(['root']);
    expect(await slugs('country=FR')).toEqual(['root']);
    expect(await slugs('search=posts/1')).toEqual(['posts/1', 'posts/10', 'posts/11']);
    const { body } = await admin.get('/pages?limit=8');
    const { body: rest } = await admin.get(`/pages?limit=8&cursor=${body.nextCursor}`);
    const all = [...body.items, ...rest.items].map(({ slug }) => slug);
    expect(new Set(all).size).toBe(13);
    expect(rest.nextCursor).toBeNull();
  });
});

describe('a store that does not answer', () => {
  it.each(['/budget', '/images', '/pages', '/activity'])('makes %s say so', async (path) => {
    const cafe = await open();
    const admin = await openAdmin(cafe);
    cafe.s3.fault({ operation: 'list' }, { kind: 'status', status: 403, code: 'AccessDenied' }, 99);
    const { status, body } = await admin.get(path);
    expect([status, body.error.code]).toEqual([503, 'storage_unavailable']);
    expect(JSON.stringify(body)).not.toContain('AccessDenied');
  });
});
