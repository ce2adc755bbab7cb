import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type BlogOptions, openBlog, until } from '../support/open-blog.ts';
import { inParents, PARENTS, PARENTS_CSS } from '../support/parents.ts';
import { launchChromium } from '../support/watched-page.ts';

/** Pixels beside the content of a page that has no stylesheet. */
const MARGINS = 16;
/** The default of `--cafe-image-width`. */
const WIDTH = 512;
const CAPTION_HEIGHT = 48;
const LONG = JSON.stringify({
  busy: 'The picture is loading, and this may take quite a while, so please wait a little',
  note: `painted by a machine that has never tasted anything, ${'o'.repeat(200)}`,
});

const chromium = inject('chromium');
if (chromium) {
  describe('the width of the element', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    /** The sizes of all elements, in the order of the parents, and whether the page scrolls sideways. */
    async function sizes(page: Page, count: number) {
      await until(page, 'loaded', count);
      const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      expect(fits).toBe(true);
      return page.locator('cafe-image').evaluateAll((all) =>
        all.map((one) => {
          const { width, height } = one.getBoundingClientRect();
          return { width, height };
        }),
      );
    }

    /** Opens a page with an element in each kind of parent. */
    async function open(content: string, width: number, options: BlogOptions = {}) {
      const { css = '', ...rest } = options;
      const { page, visit } = await openBlog(browser, {
        // Only a stylesheet of the page can keep the place of an element whose script is to come.
        allowed: /layout shift/,
        body: inParents(content),
        css: PARENTS_CSS + css,
        viewport: { width, height: 900 },
        ...rest,
      });
      await visit('/posts/a');
      return sizes(page, PARENTS.length);
    }

    const all = <T>(size: T) => PARENTS.map(() => size);

    it.each([240, 320, 480, 1280])(
      'is the room there is, up to a maximum, at %d px',
      async (width) => {
        const expected = Math.min(WIDTH, width - MARGINS);
        expect(await open('<cafe-image loading="eager"></cafe-image>', width)).toEqual(
          all({ width: expected, height: expected }),
        );
        expect(await open('<cafe-image loading="eager" caption></cafe-image>', width)).toEqual(
          all({ width: expected, height: expected + CAPTION_HEIGHT }),
        );
      },
    );

    it.each([240, 1280])('is not set by the words of the caption, at %d px', async (width) => {
      const expected = Math.min(WIDTH, width - MARGINS);
      const content = `<cafe-image loading="eager" caption strings='${LONG}'>${'Nothing today. '.repeat(20)}</cafe-image>`;
      expect(await open(content, width)).toEqual(
        all({ width: expected, height: expected + CAPTION_HEIGHT }),
      );
    });

    it.each([
      ['--cafe-image-width: 20rem', 320],
      ['--cafe-image-width: 4rem', 64],
      ['width: 200px', 200],
      ['max-width: 10rem', 160],
    ])('follows the page’s %s', async (rule, expected) => {
      const sized = await open('<cafe-image loading="eager"></cafe-image>', 900, {
        css: `cafe-image { ${rule} }`,
      });
      expect(sized).toEqual(all({ width: expected, height: expected }));
    });

    it('fills a wider box where the page asks for that', async () => {
      const body = '<cafe-image loading="eager"></cafe-image>';
      const css = 'cafe-image { max-width: none }';
      const { page, visit } = await openBlog(browser, { body, css, allowed: /layout shift/ });
      await visit('/posts/a');
      expect(await sizes(page, 1)).toEqual([{ width: 1264, height: 1264 }]);
    });

    it.each([240, 320, 900])('shares a row or grid with a text, at %d px', async (width) => {
      const text = `<p>${'Words beside it. '.repeat(20)}</p>`;
      const body = ['row', 'beside', 'least']
        .map(
          (parent) =>
            `<div class="${parent}"><cafe-image loading="eager" caption></cafe-image>${text}</div>`,
        )
        .join('');
      const css = `${PARENTS_CSS} .row { align-items: flex-start }
        .beside, .least { display: grid; grid-template-columns: auto 1fr; align-items: start }
        .least { grid-template-columns: min-content 1fr }`;
      const options = { body, css, viewport: { width, height: 900 }, allowed: /layout shift/ };
      const { page, visit } = await openBlog(browser, options);
      await visit('/posts/a');
      for (const { width: own, height } of await sizes(page, 3)) {
        expect(own).toBeGreaterThanOrEqual(WIDTH / 4);
        expect(own).toBeLessThanOrEqual(WIDTH);
        expect(height).toBeCloseTo(own + CAPTION_HEIGHT, 1);
      }
    });
  });
}
