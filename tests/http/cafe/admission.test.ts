import { describe, expect, it, onTestFinished } from 'vitest';
import { pageToken } from '../../../src/domain/cafe/admission/page-token.ts';
import { pageAt } from '../../../src/domain/pages/page.ts';
import { openTestCafe, READERS, type TestCafe } from '../../support/open-test-cafe.ts';
import type { S3StandIn } from '../../support/s3-stand-in.ts';
import { serveFetch } from '../../support/serve-fetch.ts';
import { SitemapStandIn, urlset } from '../../support/sitemap-stand-in.ts';
import { today } from '../../support/utc-days.ts';

const SECRET = 'canary-page-token-secret-01';
const TOKENS = { PAGE_TOKEN_SECRET: SECRET };
const DETAILS = { query: '?details=1' };
const POOLED = 'generated/v2/2026/01/01/00000000-0000-4000-8000-000000000001-france.png';
/** Where loopback addresses may be fetched from. */
const DEVELOPMENT = {
  NODE_ENV: 'development',
  IMAGE_STORE: 's3',
  IMAGE_GENERATOR: 'openai',
  GEO_LOCATOR: 'country-is',
};
const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

const tokenOf = (path: string, secret = SECRET) => pageToken(secret, pageAt(path, 'article'));
const withPool = (s3: S3StandIn) => s3.seed(POOLED, 'from the pool');
const bodyFor = (pagePath: string, token: unknown) =>
  JSON.stringify({ context: { pagePath, pageType: 'article' }, token });
const refusals = ({ log }: TestCafe) =>
  log.filter((line) => line.includes('purchase refused')).map((line) => JSON.parse(line));

describe('a page for which nothing is bought', () => {
  it("gets the pool's own picture, and no copy of it", async () => {
    const cafe = await openTestCafe({ env: TOKENS, before: withPool });
    const { status, body } = await cafe.ask('/posts/a', DETAILS);
    expect([status, body.source]).toEqual([200, 'fallback']);
    expect(body.url).toContain(POOLED);
    expect(cafe.openai.journal).toEqual([]);
    expect(cafe.pngs()).toEqual([POOLED]);
    expect(cafe.keys('records/')).toEqual([]);
    expect(refusals(cafe)).toMatchObject([
      { reason: 'unknown_page', page: { path: '/posts/a' }, country: 'FR' },
    ]);
    expect(cafe.log.join()).not.toContain(READERS.FR);
  });

  it('gets no copy either on a day without budget', async () => {
    const env = { ...TOKENS, DAILY_GENERATION_BUDGET: '0' };
    const cafe = await openTestCafe({ env, before: withPool });
    expect((await cafe.ask('/posts/a')).body.url).toContain(POOLED);
    expect(cafe.pngs()).toEqual([POOLED]);
  });

  it('gets its own picture where it has one, whether it is known or not', async () => {
    const page = 'generated/v2/page-cache/article/posts/a-france.png';
    const cafe = await openTestCafe({ env: TOKENS, before: (s3) => s3.seed(page, 'own') });
    for (let n = 0; n < 2; n += 1) {
      const { body } = await cafe.ask('/posts/a', DETAILS);
      expect([body.source, body.url.endsWith(page)]).toEqual(['stored', true]);
    }
    expect(refusals(cafe)).toEqual([]);
    expect(cafe.s3.calls('head')).toHaveLength(1);
  });

  it('gets a 503 where there is no picture at all', async () => {
    const cafe = await openTestCafe({ env: TOKENS });
    const { status, headers, body } = await cafe.ask('/posts/a');
    expect([status, body.error.code]).toEqual([503, 'no_image_available']);
    expect(headers.get('retry-after')).toBe('60');
  });

  it('keeps nobody from one who may have it bought', async () => {
    const cafe = await openTestCafe({ env: TOKENS, before: withPool });
    const [path, token] = ['/posts/a', tokenOf('/posts/a')];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        cafe.ask(path, { ...DETAILS, body: bodyFor(path, n === 11 ? token : 'wrong') }),
      ),
    );
    expect(answers[11]?.body.source).toBe('generated');
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('is healed by nobody who may not have it bought', async () => {
    const env = { ...TOKENS, HEAL_FALLBACKS: 'true', PAGE_CACHE_TTL_SECONDS: '0' };
    const page = 'generated/v2/page-cache/article/posts/a-france.png';
    const cafe = await openTestCafe({
      env,
      before: (s3) =>
        s3.seed(page, 'copy', { contentType: 'image/png', metadata: { source: 'fallback' } }),
    });
    await cafe.ask('/posts/a');
    await cafe.cafe.servePageImage.finished();
    expect(cafe.openai.journal).toEqual([]);
    await cafe.ask('/posts/a', { body: bodyFor('/posts/a', tokenOf('/posts/a')) });
    await cafe.cafe.servePageImage.finished();
    expect(cafe.openai.journal).toHaveLength(1);
  });
});

describe('PAGE_TOKEN_SECRET', () => {
  it('buys a page with its token a picture, while two secrets overlap', async () => {
    const old = 'canary-older-token-secret-0';
    const cafe = await openTestCafe({ env: { PAGE_TOKEN_SECRET: `${SECRET}, ${old}` } });
    for (const secret of [SECRET, old]) {
      const path = `/posts/${secret}`;
      const { body } = await cafe.ask(path, {
        ...DETAILS,
        body: bodyFor(path, tokenOf(path, secret)),
      });
      expect(body.source).toBe('generated');
    }
    expect(cafe.log.join()).not.toContain(tokenOf(`/posts/${SECRET}`));
  });

  it.each([undefined, '', 'wrong', 7, null, {}, ['x'], 'x'.repeat(3000), tokenOf('/posts/b')])(
    'is not satisfied with %j',
    async (token) => {
      const cafe = await openTestCafe({ env: TOKENS, before: withPool });
      const { body } = await cafe.ask('/posts/a', { ...DETAILS, body: bodyFor('/posts/a', token) });
      expect(body.source).toBe('fallback');
    },
  );

  it('is none where it is not set: whatever is sent as a token is ignored', async () => {
    const cafe = await openTestCafe();
    for (const token of [7, {}, 'x']) {
      const path = `/posts/${typeof token}`;
      const { status, body } = await cafe.ask(path, { ...DETAILS, body: bodyFor(path, token) });
      expect([status, body.source]).toEqual([200, 'generated']);
    }
  });
});

describe('SITE_SITEMAP_URL', () => {
  async function openSite(paths: readonly string[], env: Record<string, string> = {}) {
    const site = new SitemapStandIn();
    site.files.set('/sitemap.xml', urlset(paths));
    const { url, close } = await serveFetch(site.handle);
    onTestFinished(async () => {
      site.fault(undefined);
      await close();
    });
    return { site, env: { ...DEVELOPMENT, SITE_SITEMAP_URL: `${url}/sitemap.xml`, ...env } };
  }

  it('buys pictures for the pages on it, and no others', async () => {
    const { site, env } = await openSite(['/posts/A/', '/caf%C3%A9/index.html']);
    const cafe = await openTestCafe({ env, before: withPool });
    for (const path of ['/posts/a', '/café']) {
      expect((await cafe.ask(path, DETAILS)).body.source).toBe('generated');
    }
    expect((await cafe.ask('/posts/b', DETAILS)).body.source).toBe('fallback');
    expect(cafe.openai.journal).toHaveLength(2);
    // Read when the service began to listen, and not again within a minute.
    expect(site.journal).toEqual(['/sitemap.xml']);
  });

  it('also buys for a page that has a token instead', async () => {
    const { env } = await openSite(['/posts/a'], TOKENS);
    const cafe = await openTestCafe({ env });
    const body = bodyFor('/posts/b', tokenOf('/posts/b'));
    expect((await cafe.ask('/posts/b', { ...DETAILS, body })).body.source).toBe('generated');
    expect((await cafe.ask('/posts/a', DETAILS)).body.source).toBe('generated');
  });

  it('buys nothing as long as it cannot be read, and says so once', async () => {
    const { site, env } = await openSite(['/posts/a']);
    site.fault({ kind: 'status', status: 500 });
    const cafe = await openTestCafe({ env, before: withPool });
    for (const path of ['/posts/a', '/posts/b']) {
      expect((await cafe.ask(path, DETAILS)).body.source).toBe('fallback');
    }
    const told = cafe.log.filter((line) => line.includes('page list failed'));
    expect(told.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', known: 0 }]);
  });

  it('is not fetched from an address that is not public in production', async () => {
    const { site, env } = await openSite(['/posts/a']);
    const url = env.SITE_SITEMAP_URL.replace('http:', 'https:');
    const cafe = await openTestCafe({ env: { SITE_SITEMAP_URL: url }, before: withPool });
    expect((await cafe.ask('/posts/a', DETAILS)).body.source).toBe('fallback');
    expect(site.journal).toEqual([]);
    expect(cafe.log.join()).toContain('not public');
  });
});

describe('BOTS_MAY_SPEND=false', () => {
  const bots = [
    '',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/142.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36',
    'curl/8.5.0',
    'python-requests/2.32.3',
    'Go-http-client/2.0',
  ];
  const browsers = [
    BROWSER,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  ];

  it('buys nothing for programs that say so, and for who says nothing', async () => {
    const env = { BOTS_MAY_SPEND: 'false' };
    const cafe = await openTestCafe({ env, before: withPool });
    for (const [n, name] of [...bots, ...browsers].entries()) {
      const headers = { 'User-Agent': name };
      const { body } = await cafe.ask(`/posts/${n}`, { ...DETAILS, headers });
      expect([name, body.source]).toEqual([name, bots.includes(name) ? 'fallback' : 'generated']);
    }
    expect(refusals(cafe).every(({ reason }) => reason === 'bot')).toBe(true);
  });

  it('is not the default', async () => {
    const cafe = await openTestCafe();
    const headers = { 'User-Agent': bots[1] ?? '' };
    expect((await cafe.ask('/posts/a', { ...DETAILS, headers })).body.source).toBe('generated');
  });
});

describe('limits', () => {
  it('of new pages hold for an address, and never answer 429', async () => {
    const cafe = await openTestCafe({ env: { NEW_PAGES_PER_IP_PER_HOUR: '2' }, before: withPool });
    const sources = async (from: string, name: string) => {
      const asked: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        asked.push((await cafe.ask(`/${name}/${n}`, { ...DETAILS, from })).body.source);
      }
      return asked;
    };
    const limited = ['generated', 'generated', 'fallback'];
    expect(await sources(READERS.FR, 'a')).toEqual(limited);
    expect(await sources('2a00:1450:4007:80e::2004', 'b')).toEqual(limited);
    expect(await sources('2a00:1450:4007:80e:9::1', 'c')).toEqual([
      'fallback',
      'fallback',
      'fallback',
    ]);
    expect(await sources('2a00:1450:4007:80f::1', 'd')).toEqual(limited);
    // A page that is there is none that is new.
    expect((await cafe.ask('/b/0', { ...DETAILS, from: READERS.unknown })).body.source).toBe(
      'stored',
    );
    expect(cafe.log.join()).not.toContain('2a00:1450');
  });

  it('count a page once that many at one address ask for at the same time', async () => {
    const cafe = await openTestCafe({ env: { NEW_PAGES_PER_IP_PER_HOUR: '2' }, before: withPool });
    cafe.openai.latencyMs = 100;
    const crowd = Array.from({ length: 5 }, () => cafe.ask('/posts/a', DETAILS));
    const sources = (await Promise.all(crowd)).map(({ body }) => body.source);
    expect(sources).toEqual(crowd.map(() => 'generated'));
    expect((await cafe.ask('/posts/b', DETAILS)).body.source).toBe('generated');
    expect((await cafe.ask('/posts/c', DETAILS)).body.source).toBe('fallback');
  });

  it('hold for many pages that are asked for at the same time', async () => {
    const cafe = await openTestCafe({ env: { NEW_PAGES_PER_IP_PER_HOUR: '2' }, before: withPool });
    await Promise.all(Array.from({ length: 8 }, (_, n) => cafe.ask(`/posts/${n}`)));
    expect(cafe.openai.journal).toHaveLength(2);
  });

  it('of countries hold for a page', async () => {
    const env = { MAX_COUNTRIES_PER_PAGE_PER_DAY: '1' };
    const cafe = await openTestCafe({ env, before: withPool });
    const source = async (path: string, from: string) =>
      (await cafe.ask(path, { ...DETAILS, from })).body.source;
    expect(await source('/posts/a', READERS.FR)).toBe('generated');
    expect(await source('/posts/a', READERS.JP)).toBe('fallback');
    expect(await source('/posts/b', READERS.JP)).toBe('generated');
    expect(refusals(cafe)).toMatchObject([{ reason: 'too_many_countries', country: 'JP' }]);
  });

  it('of origins hold on both lanes', async () => {
    const cafe = await openTestCafe();
    const evil = { headers: { Origin: 'https://evil.example' } };
    expect((await cafe.ask('/posts/a', evil)).status).toBe(403);
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect((await cafe.ask('/posts/a', evil)).status).toBe(403);
    expect(cafe.openai.journal).toHaveLength(1);
  });

  it('are of no concern to GET /api/cafe/image, which buys nothing anyway', async () => {
    const cafe = await openTestCafe({ env: TOKENS, before: withPool });
    const path = `/api/cafe/image?path=/posts/a&type=article&token=${tokenOf('/posts/a')}`;
    const { status, headers } = await cafe.send(path, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, expect.stringContaining(POOLED)]);
    expect(cafe.openai.journal).toEqual([]);
    expect(cafe.pngs(`generated/v2/${today()}`)).toEqual([]);
  });
});
