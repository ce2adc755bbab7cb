import { expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { loadConfig } from '../../src/app/config.ts';
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
