import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ORIGIN, openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import { tinyPng } from '../../support/tiny-png.ts';

const SPENT = { DAILY_GENERATION_BUDGET: '0' };
const PAGE_KEY = 'generated/v2/page-cache/article/posts/a-france.png';
const WRITES = ['put', 'copy', 'delete', 'list'];

function pooled(number: number, scope = 'france'): string {
  return `generated/v2/2026/01/01/00000000-0000-4000-8000-${String(number).padStart(12, '0')}-${scope}.png`;
}

/** Asks as a feed reader or a browser without JavaScript does. */
function show(
  { url }: TestCafe,
  path: string,
  { from = READERS.FR, type = 'article', more = '', method = 'GET' } = {},
): Promise<Response> {
  const query = `path=${encodeURIComponent(path)}&type=${type}${more}`;
  return fetch(`${url}/api/cafe/image?${query}`, {
    method,
    redirect: 'manual',
    headers: { 'X-Real-IP': from },
  });
}

async function shown(...args: Parameters<typeof show>): Promise<string> {
  const response = await show(...args);
  expect(response.status).toBe(302);
  return response.headers.get('location') ?? '';
}

describe("a page's picture without JavaScript", () => {
  it.each(['GET', 'HEAD'])('is redirected to with %s, for no cache to share', async (method) => {
    const cafe = await openTestCafe();
    const { body } = await cafe.ask('/posts/a');
    const { status, headers } = await show(cafe, '/posts/a', { method });
    expect([status, headers.get('location')]).toEqual([302, body.url]);
    expect(headers.get('cache-control')).toBe('private, max-age=300');
    expect(headers.get('x-robots-tag')).toBe('noindex');
  });

  it("is the one of the reader's country, type and canonical path", async () => {
    const cafe = await openTestCafe();
    const french = await cafe.ask('/posts/a');
    const japanese = await cafe.ask('/posts/a', { from: READERS.JP });
    expect(await shown(cafe, '/posts/a/')).toBe(french.body.url);
    expect(await shown(cafe, '/Posts/A/index.html')).toBe(french.body.url);
    expect(await shown(cafe, '/posts/a', { from: READERS.JP })).toBe(japanese.body.url);
    expect(await shown(cafe, '/posts/a', { type: 'archive' })).not.toContain('page-cache');
  });

  it('is found in memory, and where it is not, with one look that others share', async () => {
    const cafe = await openTestCafe();
    cafe.s3.seed(PAGE_KEY, 'picture');
    const many = await Promise.all(Array.from({ length: 20 }, () => shown(cafe, '/posts/a')));
    expect(new Set(many)).toEqual(new Set([`${ORIGIN}/${PAGE_KEY}`]));
    expect(await shown(cafe, '/posts/a')).toBe(`${ORIGIN}/${PAGE_KEY}`);
    expect((await cafe.ask('/posts/a')).body.url).toBe(`${ORIGIN}/${PAGE_KEY}`);
    expect(cafe.s3.journal.map(({ operation }) => operation)).toEqual(['head']);
  });

  it("is another page's where it has none, always the same, and nothing is written or bought", async () => {
    const cafe = await openTestCafe({
      before: (s3) => {
        for (let n = 0; n < 50; n += 1) s3.seed(pooled(n), 'french');
        for (let n = 50; n < 100; n += 1) s3.seed(pooled(n, 'japan'), 'japanese');
      },
    });
    const first = await shown(cafe, '/posts/a');
    expect(first).toMatch(/-france\.png$/);
    for (let n = 0; n < 5; n += 1) expect(await shown(cafe, '/posts/a')).toBe(first);
    const others = await Promise.all(
      Array.from({ length: 40 }, (_, n) => shown(cafe, `/posts/${n}`)),
    );
    expect(new Set(others).size).toBeGreaterThan(5);
    expect(cafe.s3.journal.filter(({ operation }) => WRITES.includes(operation))).toEqual([]);
    expect(cafe.openai.journal).toEqual([]);
    // What it was shown is none of its own.
    expect((await cafe.ask('/posts/a', { query: '?details=1' })).body.source).toBe('generated');
  });

  it('is another one where the chosen ones were deleted', async () => {
    const cafe = await openTestCafe({
      before: (s3) => {
        for (let n = 0; n < 4; n += 1) s3.seed(pooled(n), 'french');
      },
    });
    for (let n = 0; n < 3; n += 1) cafe.s3.objects.delete(pooled(n));
    expect(await shown(cafe, '/posts/a')).toBe(`${ORIGIN}/${pooled(3)}`);
  });

  it('is a drawing of ours where there is no picture, also while the pool is not known', async () => {
    const cafe = await openTestCafe({ env: SPENT, warm: false });
    const { url } = cafe;
    expect(await shown(cafe, '/posts/a')).toBe('/api/cafe/placeholder.png');
    const more = '&rendition=card';
    expect(await shown(cafe, '/posts/a', { more })).toBe('/api/cafe/placeholder-card.jpg');
    const sizes: Record<string, unknown> = {
      '/api/cafe/placeholder.png': { format: 'png', width: 1024, height: 1024 },
      '/api/cafe/placeholder-card.jpg': { format: 'jpeg', width: 1200, height: 630 },
    };
    for (const [path, size] of Object.entries(sizes)) {
      const drawing = await fetch(url + path);
      expect([drawing.status, drawing.headers.get('cross-origin-resource-policy')]).toEqual([
        200,
        'cross-origin',
      ]);
      expect(drawing.headers.get('cache-control')).toBe('public, max-age=86400');
      const bytes = Buffer.from(await drawing.arrayBuffer());
      expect(bytes.length).toBeLessThan(20_000);
      expect(await sharp(bytes).metadata()).toMatchObject(size as object);
      expect(drawing.headers.get('content-type')).toBe(
        `image/${path.endsWith('png') ? 'png' : 'jpeg'}`,
      );
      const head = await fetch(url + path, {
        method: 'HEAD',
        cache: 'no-cache',
        headers: { 'If-None-Match': drawing.headers.get('etag') ?? '' },
      });
      expect(head.status).toBe(304);
    }
  });

  it('costs a flood of unknown paths no listing, and no memory of known pages', async () => {
    const cafe = await openTestCafe({
      env: { PAGE_CACHE_MAX_PAGES: '2' },
      before: (s3) => {
        s3.seed(PAGE_KEY, 'picture');
        for (let n = 0; n < 5; n += 1) s3.seed(pooled(n), 'french');
      },
    });
    await shown(cafe, '/posts/a');
    await Promise.all(Array.from({ length: 200 }, (_, n) => shown(cafe, `/flood/${n}`)));
    expect(cafe.s3.calls('list')).toEqual([]);
    const looks = cafe.s3.journal.length;
    await shown(cafe, '/posts/a');
    expect(cafe.s3.journal).toHaveLength(looks);
  });

  it('is not to be had while the store is down, and soon again', async () => {
    const cafe = await openTestCafe();
    cafe.s3.fault({ operation: 'head' }, { kind: 'status', status: 500 }, 20);
    const { status, headers } = await show(cafe, '/posts/a');
    expect([status, headers.get('retry-after'), headers.get('cache-control')]).toEqual([
      503,
      '10',
      'no-store',
    ]);
    cafe.s3.mend();
    expect((await show(cafe, '/posts/a')).status).toBe(302);
  });

  it.each([
    ['', 'path'],
    ['path=%2Fa', 'type'],
    ['type=article', 'path'],
    ['path=&type=article', 'pagePath'],
    ['path=%2Fa&path=%2Fb&type=article', 'path'],
    ['path=%2Fa&type=article&type=index', 'type'],
    ['path=%2Fa&type=feed', 'type'],
    ['path=%2F..%2Fa&type=article', 'pagePath'],
    ['path=%2F%25zz&type=article', 'pagePath'],
    ['path=%2Fa%00&type=article', 'pagePath'],
    ['path=%2Fa&type=article&rendition=480', 'rendition'],
    [`path=%2F${'x'.repeat(2000)}&type=article`, 'pagePath'],
    ['__proto__=1&path[x]=1&type=article', 'path'],
  ])('is refused for ?%s, by the name of what is wrong', async (query, name) => {
    const cafe = await openTestCafe();
    const { status, headers, body } = await cafe.send(`/api/cafe/image?${query}`);
    expect([status, headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect(body.error.message).toMatch(new RegExp(`^${name} `));
    expect(cafe.s3.journal).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE'])('is not to be had with %s', async (method) => {
    const { status, headers } = await show(await openTestCafe(), '/posts/a', { method });
    expect([status, headers.get('allow')]).toEqual([405, 'HEAD, GET']);
  });
});

describe("a page's card", () => {
  const picture = (seed: number) => tinyPng({ seed, width: 600, height: 600 });
  const more = '&rendition=card';

  it('is the JPEG that was made of its picture, or of the one it shows', async () => {
    const cafe = await openTestCafe({ openai: { picture }, env: { DAILY_GENERATION_BUDGET: '1' } });
    await cafe.ask('/posts/a');
    const card = await shown(cafe, '/posts/a', { more });
    expect(card).toMatch(/\/generated\/v2\/\d{4}\/.*-france\.card\.jpg$/);
    expect(cafe.s3.objects.get(card.slice(ORIGIN.length + 1))?.contentType).toBe('image/jpeg');
    expect(await shown(cafe, '/posts/none', { more })).toBe(card);
    await cafe.ask('/posts/b');
    expect(await shown(cafe, '/posts/b', { more })).toBe(card);
  });

  it('is the picture itself where none was made of it', async () => {
    const cafe = await openTestCafe();
    cafe.s3.seed(PAGE_KEY, 'picture');
    expect(await shown(cafe, '/posts/a', { more })).toBe(`${ORIGIN}/${PAGE_KEY}`);
  });
});
