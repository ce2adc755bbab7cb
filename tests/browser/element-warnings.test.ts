import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBlog, until } from '../support/open-blog.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { launchChromium } from '../support/watched-page.ts';

/** Two elements of different pages, so that a warning could come twice. */
const BODY =
  '<cafe-image page-path="/posts/a"></cafe-image><cafe-image page-path="/posts/b"></cafe-image>';
const CSS = 'cafe-image { width: 100px }';
/** What a browser says itself of what is refused. */
const BROWSERS_OWN = /CORS policy|ERR_|Content Security Policy|violates|status of|^<cafe-image>/;

const chromium = inject('chromium');
if (chromium) {
  describe('an element that gets no picture', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    function warningsOf(page: Page): string[] {
      const warnings: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'warning') warnings.push(message.text());
      });
      return warnings;
    }

    it('warns once that its origin is not allowed by a real service, and asks once for each page', async () => {
      const real = await openTestCafe();
      const body = BODY.replaceAll('<cafe-image', `<cafe-image api-url="${real.url}"`);
      const options = { body, css: CSS, bypassCSP: true, allowed: BROWSERS_OWN };
      const { page, visit } = await openBlog(browser, options);
      const warnings = warningsOf(page);
      const posts: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') posts.push(request.url());
      });
      await visit('/posts/a');
      await until(page, 'failed', 2);
      await expect.poll(() => warnings).toHaveLength(1);
      const { origin } = new URL(page.url());
      expect(warnings[0]).toContain(
        `${real.url}/api/cafe/generate does not allow ${origin}. Add it to CORS_ALLOWED_ORIGINS.`,
      );
      expect(posts).toHaveLength(2);
      expect(real.openai.journal).toEqual([]);
    });

    it('warns once that the page’s own policy is in the way, and does not ask again', async () => {
      const elsewhere = await openTestCafe();
      const body = BODY.replaceAll('<cafe-image', `<cafe-image api-url="${elsewhere.url}"`);
      const { page, visit } = await openBlog(browser, { body, css: CSS, allowed: BROWSERS_OWN });
      const warnings = warningsOf(page);
      await visit('/posts/a');
      await until(page, 'failed', 2);
      await expect.poll(() => warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/Content-Security-Policy blocks http.* Add it to connect-src\./);
    });

    it('says which attribute is wrong, in the service’s words', async () => {
      const real = await openTestCafe();
      const body = `<cafe-image api-url="/generate" page-type="artcle"></cafe-image>`;
      const proxy = await serveFetch((request) => {
        const { search } = new URL(request.url);
        const headers = { 'Content-Type': 'application/json' };
        return request.text().then((text) =>
          fetch(`${real.url}/api/cafe/generate${search}`, {
            method: 'POST',
            headers,
            body: text,
          }),
        );
      });
      const { page, visit } = await openBlog(browser, {
        body,
        css: CSS,
        bypassCSP: true,
        allowed: BROWSERS_OWN,
      });
      await page.route('**/generate?**', async (route) => {
        const { url, postData } = {
          url: route.request().url(),
          postData: route.request().postData(),
        };
        const answer = await fetch(`${proxy.url}/${new URL(url).search}`, {
          method: 'POST',
          body: postData,
        });
        await route.fulfill({ status: answer.status, body: await answer.text() });
      });
      const warnings = warningsOf(page);
      await visit('/posts/a');
      await until(page, 'failed');
      await expect.poll(() => warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /answered 400 for the artcle \/posts\/a: context\.pageType must be one of index, article, archive\. Check page-path, page-type and api-url\./,
      );
      await proxy.close();
    });

    it('warns once, after its attempts, that the service is away', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: BODY,
        css: CSS,
        allowed: BROWSERS_OWN,
      });
      const warnings = warningsOf(page);
      await page.clock.install();
      cafe.answer = () => Response.error();
      await visit('/posts/a');
      await expect
        .poll(async () => {
          await page.clock.fastForward(20_000);
          return warnings;
        })
        .toEqual([
          expect.stringMatching(/http.*\/api\/cafe\/generate does not respond\. Is it running\?/),
        ]);
      await until(page, 'failed', 2);
    });

    it('says that the file of the picture does not load', async () => {
      const { page, cafe, visit } = await openBlog(browser, { css: CSS, allowed: BROWSERS_OWN });
      const warnings = warningsOf(page);
      cafe.gone = /./;
      await visit('/posts/a');
      await until(page, 'failed');
      await expect.poll(() => warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/\/images\/article\/posts\/a\.png does not load\. Check img-src/);
    });
  });
}
