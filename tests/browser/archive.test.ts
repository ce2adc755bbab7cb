import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { ORIGIN, openTestCafe } from '../support/open-test-cafe.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const ELEMENTS = 20;
const POOL = 24;

const chromium = inject('chromium');
if (chromium) {
  describe('an archive page with twenty elements and a spent budget', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    it('shows twenty different pictures', async () => {
      let html = '';
      const blog = await serveFetch(async () => {
        return new Response(html, { headers: { 'Content-Type': 'text/html' } });
      });
      onTestFinished(() => blog.close());
      const { ask, url, s3 } = await openTestCafe({
        env: { CORS_ALLOWED_ORIGINS: blog.url, DAILY_GENERATION_BUDGET: String(POOL) },
      });
      for (let n = 0; n < POOL; n += 1) {
        expect((await ask(`/earlier/${n}`, { headers: { Origin: blog.url } })).status).toBe(200);
      }
      const elements = Array.from(
        { length: ELEMENTS },
        (_, n) =>
          `<cafe-image loading="eager" page-path="/posts/${n}" page-type="article" caption></cafe-image>`,
      );
      html = `<!doctype html><link rel="icon" href="data:,"><title>Archive</title>
        <script type="module" src="${url}/bytesized-cafe-app/cafe-image.js"></script>
        ${elements.join('\n')}`;
      const { page } = await openWatchedPage(browser, {
        extraHTTPHeaders: { 'X-Real-IP': '2.2.2.2' },
      });
      // The bucket's public address leads nowhere here.
      await page.route(`${ORIGIN}/**`, (route) => {
        const key = new URL(route.request().url()).pathname.slice(1);
        const object = s3.objects.get(key);
        return object
          ? route.fulfill({ contentType: object.contentType, body: Buffer.from(object.bytes) })
          : route.fulfill({ status: 404 });
      });
      await page.goto(blog.url);
      const loaded = page.locator('cafe-image[status="loaded"]');
      await expect.poll(() => loaded.count()).toBe(ELEMENTS);
      const shown = Array.from({ length: ELEMENTS }, (_, n) => {
        const copy = s3.objects.get(`generated/v2/page-cache/article/posts/${n}-france.png`);
        return [copy?.metadata.source, copy?.metadata.generation];
      });
      expect(shown.map(([source]) => source)).toEqual(Array(ELEMENTS).fill('fallback'));
      expect(new Set(shown.map(([, generation]) => generation)).size).toBe(ELEMENTS);
    });
  });
}
