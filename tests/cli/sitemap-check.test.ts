import { expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { loadConfig } from '../../src/app/config/config.ts';
import { sitemap } from '../../src/cli/doctor/checks/sitemap.ts';
import { type FetchHandler, serveFetch } from '../support/serve-fetch.ts';

async function verdictsOn(handler: FetchHandler, page: string) {
  const server = await serveFetch(handler);
  onTestFinished(() => server.close());
  // Outside of production, where a sitemap of this machine may be read.
  const config = loadConfig({ SITE_SITEMAP_URL: `${server.url}/sitemap.xml` });
  const check = sitemap(config, new URL(page, server.url));
  return check.run({ clock: new SystemClock(), signal: AbortSignal.timeout(5000) });
}

const listing: FetchHandler = async ({ url }) =>
  new Response(
    `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>${new URL('/posts/hello/', url)}</loc></url></urlset>`,
  );

it('reads the sitemap, and finds the page on it', async () => {
  const verdicts = await verdictsOn(listing, '/posts/hello/index.html');
  expect(verdicts.map(({ status }) => status)).toEqual(['ok', 'ok']);
});

it('names a page that is not on the sitemap', async () => {
  const verdicts = await verdictsOn(listing, '/posts/new/');
  expect(verdicts[1]).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('/posts/new/'),
    remedy: expect.stringContaining('docs/abuse.md'),
  });
});

it('names a sitemap that cannot be read', async () => {
  const verdicts = await verdictsOn(async () => new Response('', { status: 404 }), '/');
  expect(verdicts).toEqual([
    {
      status: 'failure',
      message: expect.stringMatching(/cannot be read/),
      remedy: expect.stringContaining('SITE_SITEMAP_URL'),
    },
  ]);
});

it('says how many entries name no page, and which', async () => {
  const foreign = ['a', 'b', 'c', 'd'].map((name) => `https://other.example/${name}`);
  const locations = ['/posts/hello/', ...foreign].map((each) => `<url><loc>${each}</loc></url>`);
  const verdicts = await verdictsOn(
    async () => new Response(`<urlset>${locations.join('')}</urlset>`),
    '/posts/hello/',
  );
  expect(verdicts.map(({ status }) => status)).toEqual(['ok', 'warning', 'ok']);
  expect(verdicts[1]?.message).toBe(
    '4 of 5 locations name no page: https://other.example/a, https://other.example/b, https://other.example/c.',
  );
});

it('names a file of an index that cannot be read, and what comes of it', async () => {
  const verdicts = await verdictsOn(async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === '/gone.xml') return new Response(null, { status: 404 });
    return new Response(
      pathname === '/sitemap.xml'
        ? '<sitemapindex><sitemap><loc>/gone.xml</loc></sitemap><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>'
        : '<urlset><url><loc>/a</loc></url></urlset>',
    );
  }, '/posts/new/');
  expect(verdicts).toMatchObject([
    { status: 'ok' },
    {
      status: 'warning',
      message: expect.stringMatching(/gone\.xml cannot be read: it returns 404\.$/),
      remedy: expect.stringMatching(/every page counts as listed/),
    },
  ]);
});

it('says what a feed lacks', async () => {
  const verdicts = await verdictsOn(
    async () =>
      new Response('<rss><channel><item><link>/posts/hello</link></item></channel></rss>'),
    '/posts/hello/',
  );
  expect(verdicts.map(({ status }) => status)).toEqual(['ok', 'warning', 'ok']);
  expect(verdicts[1]?.message).toMatch(/feed/);
});
