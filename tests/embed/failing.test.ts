import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pauseBefore } from '../../embed/requests/retry-policy.ts';
import { openBlog, pictures, until } from '../support/open-blog.ts';
import { BLOG, ORIGIN, openTestCafe } from '../support/open-test-cafe.ts';
import { launchChromium } from '../support/watched-page.ts';

describe('asking again', () => {
  it('is worth it three times in twenty seconds where a connection fails', () => {
    const pauses = [1, 2, 3, 4].map((attempt) => pauseBefore(attempt, {}));
    expect(pauses).toEqual([1000, 4000, 15_000, undefined]);
  });

  it.each([408, 429, 503])(
    'is worth it once after %i if that passes within ten seconds',
    (status) => {
      expect(pauseBefore(1, { status, retryAfter: 10 })).toBe(10_000);
      expect(pauseBefore(2, { status, retryAfter: 10 })).toBeUndefined();
      expect(pauseBefore(1, { status, retryAfter: 11 })).toBeUndefined();
      expect(pauseBefore(1, { status, retryAfter: Number.NaN })).toBeUndefined();
      expect(pauseBefore(1, { status })).toBeUndefined();
    },
  );

  it('is not worth it where the page or its origin may not ask', () => {
    expect(pauseBefore(1, { barrier: 'origin' })).toBeUndefined();
    expect(pauseBefore(1, { barrier: 'policy' })).toBeUndefined();
  });

  it.each([400, 403, 404, 413, 500, 502, 504])('is not worth it after %i', (status) => {
    expect(pauseBefore(1, { status, retryAfter: 1 })).toBeUndefined();
  });
});

const body = '<cafe-image loading="eager"><p id="instead">No dish today.</p></cafe-image>';

/** The details of all `cafe-image-error` events so far. */
const errors = (page: Page) => page.evaluate(() => (window as { errors?: object[] }).errors);
function collectErrors(): void {
  const collected: object[] = [];
  Object.assign(window, { errors: collected });
  document.addEventListener('cafe-image-error', (event) => {
    collected.push((event as CustomEvent).detail);
  });
}

const chromium = inject('chromium');
if (chromium) {
  describe('where there is no picture', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    it.each([400, 500, 503])(
      'R0-038: shows what the author has instead after %i, keeps nothing, and asks at the next visit',
      async (status) => {
        const allowed = /status of \d|^<cafe-image>/;
        const { page, cafe, visit } = await openBlog(browser, {
          body,
          allowed,
          before: collectErrors,
        });
        cafe.answer = () => Response.json({ error: { code: 'x' } }, { status });
        await visit('/posts/a');
        await until(page, 'failed');
        expect(await page.locator('#instead').isVisible()).toBe(true);
        expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
        expect(await errors(page)).toEqual([
          { pagePath: '/posts/a', pageType: 'article', reason: 'refused', status },
        ]);
        expect(cafe.posts).toHaveLength(1);

        cafe.answer = (_, usual) => usual();
        await visit('/posts/a');
        await until(page, 'loaded');
        expect(await page.locator('#instead').isVisible()).toBe(false);
        expect(cafe.posts).toHaveLength(2);
      },
    );

    it.each(['', 'null', '{"url":7}'])('takes the answer %j for none', async (text) => {
      const { page, cafe, visit } = await openBlog(browser, {
        body,
        before: collectErrors,
        allowed: /^<cafe-image>.* answered 200 /,
      });
      cafe.answer = () => new Response(text);
      await visit('/posts/a');
      await until(page, 'failed');
      expect(await errors(page)).toMatchObject([{ reason: 'refused', status: 200 }]);
      expect(cafe.posts).toHaveLength(1);
    });

    it('asks once more where the cafe will be back shortly', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body,
        allowed: /status of 503|^<cafe-image>/,
      });
      let refusals = 1;
      cafe.answer = (_, usual) => {
        refusals -= 1;
        return refusals >= 0
          ? new Response('', { status: 503, headers: { 'Retry-After': '1' } })
          : usual();
      };
      await visit('/posts/a');
      await until(page, 'loaded');
      expect(cafe.posts).toHaveLength(2);
    });

    it.each([
      ['1', 2],
      ['60', 1],
      ['Sat, 21 Nov 2026 12:00:00 GMT', 1],
    ])('gives up where it stays away, Retry-After: %s', async (retryAfter, posts) => {
      const { page, cafe, visit } = await openBlog(browser, {
        body,
        allowed: /status of 503|^<cafe-image>/,
      });
      cafe.answer = () => new Response('', { status: 503, headers: { 'Retry-After': retryAfter } });
      await visit('/posts/a');
      await until(page, 'failed');
      expect(cafe.posts).toHaveLength(posts);
    });

    it('joins the running generation after its connection was cut, and buys nothing twice', async () => {
      const real = await openTestCafe();
      const painted = Promise.withResolvers<void>();
      real.openai.answerNext(async ({ usual }) => {
        await painted.promise;
        return usual();
      });
      const { page, cafe, cafeUrl, visit } = await openBlog(browser, { body, allowed: /ERR_/ });
      let cuts = 0;
      cafe.answer = async ({ url, body: text }) => {
        const headers = { 'Content-Type': 'application/json', Origin: BLOG };
        const asked = fetch(real.url + url, { method: 'POST', headers, body: text });
        if (cuts === 0) {
          cuts += 1;
          await expect.poll(() => real.openai.journal.length).toBe(1);
          return Response.error();
        }
        painted.resolve();
        const answer = await (await asked).json();
        return Response.json({ ...answer, url: answer.url.replace(ORIGIN, `${cafeUrl}/images`) });
      };
      await visit('/posts/a');
      await until(page, 'loaded');
      expect(real.openai.journal).toHaveLength(1);
      expect(cafe.posts.length).toBeGreaterThanOrEqual(2);
    });

    it('gives up on a cafe that does not answer, and asks again once the browser is back online', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body,
        allowed: /ERR_|^<cafe-image>: \S+ does not respond/,
        before: collectErrors,
      });
      await page.clock.install();
      cafe.answer = () => Response.error();
      await visit('/posts/a');
      await expect
        .poll(async () => {
          await page.clock.fastForward(20_000);
          return page.locator('cafe-image').getAttribute('status');
        })
        .toBe('failed');
      expect(await errors(page)).toEqual([
        { pagePath: '/posts/a', pageType: 'article', reason: 'network' },
      ]);
      expect(cafe.posts.length).toBeGreaterThanOrEqual(4);

      const before = cafe.posts.length;
      cafe.answer = (_, usual) => usual();
      await page.context().setOffline(true);
      await page.context().setOffline(false);
      await until(page, 'loaded');
      expect(cafe.posts).toHaveLength(before + 1);
    });

    it('does not wait out its pause when the browser comes back online', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<cafe-image page-path="/posts/a"></cafe-image>',
        allowed: /ERR_/,
      });
      await visit('/posts/a');
      await until(page, 'loaded');
      // From here on no pause ends by itself.
      await page.clock.install();
      await page.context().setOffline(true);
      const failed = page.waitForEvent('requestfailed');
      await page.locator('cafe-image').evaluate((one) => one.setAttribute('page-path', '/posts/b'));
      await failed;
      await until(page, 'loading');
      await page.context().setOffline(false);
      await until(page, 'loaded');
      expect(cafe.asked).toEqual(['article /posts/a', 'article /posts/b']);
    });

    it('asks once more for a remembered picture that is gone, for all elements together', async () => {
      const allowed = /status of 404|^<cafe-image>/;
      const two = '<cafe-image></cafe-image><cafe-image></cafe-image>';
      const css = 'cafe-image { width: 200px }';
      const { page, cafe, visit } = await openBlog(browser, { body: two, css, allowed });
      await visit('/posts/a');
      await until(page, 'loaded', 2);
      cafe.gone = /a\.png/;
      cafe.answer = (_, usual) => {
        // Its key stays the same, so that the URL may be the same too.
        cafe.gone = /^$/;
        return usual();
      };
      await page.reload();
      await until(page, 'loaded', 2);
      expect(cafe.asked).toEqual(['article /posts/a', 'article /posts/a']);
    });

    it('fails quietly where the new picture is gone as well, and remembers neither', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body,
        allowed: /status of 404|^<cafe-image>/,
        before: collectErrors,
      });
      await visit('/posts/a');
      await until(page, 'loaded');
      cafe.gone = /a\.png/;
      await page.reload();
      await until(page, 'failed');
      expect(await page.locator('#instead').isVisible()).toBe(true);
      expect(await errors(page)).toMatchObject([{ reason: 'picture' }]);
      expect(cafe.posts).toHaveLength(2);

      cafe.gone = /^$/;
      await page.reload();
      await until(page, 'loaded');
      expect(cafe.posts).toHaveLength(3);
    });

    it.each([
      ['a <noscript>', '<noscript><img src="/x.png" alt=""></noscript>'],
      ['a template', '<template><p>Later</p></template>'],
      ['a style', '<style>p { color: red }</style>'],
      ['data', '<script type="application/json">{}</script>'],
      ['a comment and blanks', '\n  <!-- the dish -->\n'],
      ['all of that', '\n<noscript>x</noscript> <!-- --> <template>y</template>\n'],
    ])(
      'shows its drawing where the author put nothing to be seen in it but %s',
      async (_, child) => {
        const { page, cafe, visit } = await openBlog(browser, {
          body: `<cafe-image>${child}</cafe-image>`,
          allowed: /status of 502|style-src|^<cafe-image>/,
        });
        cafe.answer = () => new Response(null, { status: 502 });
        await visit('/posts/a');
        await until(page, 'failed');
        expect(await page.locator('cafe-image [part=placeholder]').isVisible()).toBe(true);
        expect(await page.locator('cafe-image [part=fallback]').isHidden()).toBe(true);
      },
    );

    it('shows what the author put beside a <noscript>', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<cafe-image><noscript>x</noscript><p>Our cook is out.</p></cafe-image>',
        allowed: /status of 502|^<cafe-image>/,
      });
      cafe.answer = () => new Response(null, { status: 502 });
      await visit('/posts/a');
      await until(page, 'failed');
      expect(await page.getByText('Our cook is out.').isVisible()).toBe(true);
      expect(await page.locator('cafe-image [part=placeholder]').isVisible()).toBe(false);
    });

    it('takes the PNG where a rendition does not load', async () => {
      const { page, cafe, cafeUrl, visit } = await openBlog(browser, {
        allowed: /status of 404|^<cafe-image>/,
      });
      cafe.gone = /small/;
      cafe.details = {
        renditions: [
          { url: `${cafeUrl}/images/small.webp`, width: 480, height: 480, type: 'image/png' },
        ],
      };
      await visit('/posts/a');
      await until(page, 'loaded');
      expect(cafe.loaded).toEqual(['/small.webp', '/article/posts/a.png']);
      expect(await pictures(page)).toEqual(['/article/posts/a.png']);
      expect(cafe.posts).toHaveLength(1);
    });
  });
}
