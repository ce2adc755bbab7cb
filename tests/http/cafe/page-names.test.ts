import { describe, expect, it, onTestFinished } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../../support/admin-caller.ts';
import {
  ORIGIN,
  openTestCafe,
  type TestCafe,
  type TestCafeOptions,
} from '../../support/open-test-cafe.ts';
import { serveFetch } from '../../support/serve-fetch.ts';
import { SitemapStandIn, urlset } from '../../support/sitemap-stand-in.ts';

/** Where loopback addresses may be fetched from. */
const DEVELOPMENT = {
  NODE_ENV: 'development',
  IMAGE_STORE: 's3',
  IMAGE_GENERATOR: 'openai',
  GEO_LOCATOR: 'country-is',
};
const keyOf = (page: string) => `generated/v2/page-cache/article/${page}-france.png`;
const urlOf = (page: string) => `${ORIGIN}/${keyOf(page)}`;

/** A cafe whose site lists these paths. */
async function withSitemap(paths: string[], options: TestCafeOptions = {}): Promise<TestCafe> {
  const site = new SitemapStandIn();
  site.files.set('/sitemap.xml', urlset(paths));
  const { url, close } = await serveFetch(site.handle);
  onTestFinished(close);
  const env = { ...DEVELOPMENT, ...options.env, SITE_SITEMAP_URL: `${url}/sitemap.xml` };
  const cafe = await openTestCafe({ ...options, env });
  await cafe.cafe.sitePages?.refresh();
  return cafe;
}

describe('a page that is named by a URL', () => {
  it.each([
    'https://blog.example/posts/a',
    'https://www.blog.example/posts/a/?utm_source=feed#top',
    'http://BLOG.example/posts/a/index.html',
    ' https://blog.example/posts/a ',
  ])('of the site, %s, is the one at its path', async (pagePath) => {
    const cafe = await openTestCafe();
    await cafe.ask('/posts/a');
    const { status, body } = await cafe.ask(pagePath);
    expect([status, body.url]).toEqual([200, urlOf('posts/a')]);
    const { headers } = await cafe.send(
      `/api/cafe/image?type=article&path=${encodeURIComponent(pagePath)}`,
      { headers: { 'X-Real-IP': '2.2.2.2' }, redirect: 'manual' },
    );
    expect(headers.get('location')).toBe(urlOf('posts/a'));
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it.each([
    'https://foreign.example/posts/a',
    'https://blog.example.foreign.example/posts/a',
    'https://blog.example:8443/posts/a',
    'https://foreign@blog.example.foreign/posts/a',
    'ftp://blog.example/posts/a',
    'javascript://blog.example/%0aalert(1)',
    'https://',
  ])('elsewhere, %s, is refused and buys nothing', async (pagePath) => {
    const cafe = await openTestCafe();
    const { status, body } = await cafe.ask(pagePath);
    expect([status, body.error.code]).toEqual([400, 'invalid_page']);
    expect(cafe.openai.journal).toEqual([]);
  });
});

it.each(['   ', '/%20', '/\u200b', '...', '/.'])(
  'a blank path, %j, is refused and buys nothing',
  async (pagePath) => {
    const cafe = await openTestCafe();
    const { status, body } = await cafe.ask(pagePath);
    expect([status, body.error.code]).toEqual([400, 'invalid_page']);
    expect(cafe.openai.journal).toEqual([]);
  },
);

describe('where pages are told apart by parameters of the query', () => {
  const BY_P = { PAGE_QUERY_PARAMETERS: 'p' };

  it('each has a picture of its own, whatever else is in the query', async () => {
    const cafe = await openTestCafe({ env: BY_P });
    const ask = async (path: string) => (await cafe.ask(path)).body.url as string;
    const [one, two, home] = [await ask('/?p=1'), await ask('/?p=2'), await ask('/')];
    expect(new Set([one, two, home]).size).toBe(3);
    expect(one).toMatch(/\/article\/-p-1~[0-9a-f]{16}-france\.png$/);
    expect(await ask('/index.html?utm_source=feed&p=1#top')).toBe(one);
    expect(await ask('https://blog.example/?p=1')).toBe(one);
    expect(cafe.openai.journal).toHaveLength(3);
  });

  it('no query counts unless it is configured', async () => {
    const cafe = await openTestCafe();
    await cafe.ask('/?p=1');
    expect((await cafe.ask('/?p=2')).body.url).toBe(urlOf('root'));
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('the sitemap lists them with their queries', async () => {
    const cafe = await withSitemap(['/?p=1', '/?p=2&amp;x=3'], { env: BY_P });
    const statuses = [];
    for (const path of ['/?p=1', '/?p=2', '/?p=3']) {
      const { body } = await cafe.ask(path, { query: '?details=1' });
      statuses.push(body.source);
    }
    expect(statuses).toEqual(['generated', 'generated', 'fallback']);
  });

  it('the admin names them as they are shown', async () => {
    const cafe = await openTestCafe({ env: { ...BY_P, ...WITH_ADMIN } });
    const { body } = await cafe.ask('/?p=1');
    const admin = await openAdmin(cafe);
    const page = { type: 'article', path: '/?p=1', country: 'FR' };
    const rebrewed = await admin.post('/pages/rebrew', page);
    expect(rebrewed.body.url).toContain(new URL(body.url).pathname);
    const order = { source: 'pages', pages: [page, { ...page, path: '/?p=2' }], most: 2 };
    const pages = order.pages.map(({ type, path }) => ({ type, path }));
    const estimate = await admin.post('/warming', { ...order, pages, dryRun: true });
    expect(estimate.body.total).toBe(2);
  });
});

describe('a page that hosts serve with .html and without', () => {
  const CASES: [listed: string, other: string, page: string][] = [
    ['/posts/hello', '/posts/hello.html', 'posts/hello'],
    ['/posts/hello.html', '/posts/hello', 'posts/hello-html'],
  ];

  it.each(CASES)('is one page where the site lists only %s', async (listed, other) => {
    const cafe = await withSitemap([listed]);
    const [first, second] = await Promise.all([cafe.ask(other), cafe.ask(listed)]);
    expect(first.status).toBe(200);
    expect(second.body.url).toBe(first.body.url);
    expect(cafe.openai.journal).toHaveLength(1);
    const [placed] = cafe.pngs('generated/v2/page-cache/');
    expect([first.body.url, cafe.pngs('generated/v2/page-cache/').length]).toEqual([
      `${ORIGIN}/${placed}`,
      1,
    ]);
    expect(placed?.includes('html')).toBe(listed.includes('html'));
  });

  it('costs no call once it is known, by either name', async () => {
    const cafe = await withSitemap(['/posts/hello']);
    await cafe.ask('/posts/hello.html');
    await cafe.cafe.servePageImage.finished();
    cafe.s3.journal.length = 0;
    for (let n = 0; n < 3; n += 1) {
      expect((await cafe.ask('/posts/hello.html')).body.url).toBe(urlOf('posts/hello'));
      expect((await cafe.ask('/posts/hello')).body.url).toBe(urlOf('posts/hello'));
    }
    expect(cafe.s3.journal).toEqual([]);
  });

  it.each(['/posts/hello', '/posts/hello.html'])(
    'keeps the picture that it has under its other name, asked for as %s',
    async (asked) => {
      // It was bought before the site listed the other one.
      const before = await openTestCafe();
      await before.ask('/posts/hello.html');
      const own = before.pngs('generated/v2/page-cache/')[0];
      const cafe = await withSitemap(['/posts/hello'], { beside: before });
      const { body } = await cafe.ask(asked);
      expect(body.url).toBe(`${ORIGIN}/${own}`);
      expect(before.openai.journal).toHaveLength(1);
      const { headers } = await cafe.send(`/api/cafe/image?type=article&path=${asked}`, {
        headers: { 'X-Real-IP': '2.2.2.2' },
        redirect: 'manual',
      });
      expect(headers.get('location')).toBe(`${ORIGIN}/${own}`);
    },
  );

  it.each([[['/posts/hello', '/posts/hello.html']], [['/other']]])(
    'is two where the site lists %j',
    async (paths) => {
      const cafe = await withSitemap(paths);
      await cafe.ask('/other');
      const [one, two] = [await cafe.ask('/posts/hello'), await cafe.ask('/posts/hello.html')];
      const both = [one, two].filter(({ body }) => body.url?.includes('/page-cache/'));
      expect(both).toHaveLength(paths.length === 2 ? 2 : 0);
      if (paths.length === 2) expect(one.body.url).not.toBe(two.body.url);
    },
  );
});
