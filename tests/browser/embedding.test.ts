import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { CafeStandIn, until } from '../support/open-blog.ts';
import { inParents, PARENTS, PARENTS_CSS } from '../support/parents.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { tinyPng } from '../support/tiny-png.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true };

/** What a document gives to be put into a page: the fenced block that has this in it. */
async function given(name: string, language: string, within: string): Promise<string> {
  const text = await readFile(path.join(ROOT, name), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  const found = [...blocks].find(([, block]) => block?.includes(within))?.[1];
  if (!found) throw new Error(`${name} gives no ${language} with ${within}`);
  return found;
}

const chromium = inject('chromium');
if (chromium) {
  describe('a page that has what a document gives', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    /** A short page of a blog, whose cafe hands out the script when it is told to. */
    async function openPage(
      parts: string[],
      css: string,
      options?: BrowserContextOptions,
      allowed = /^$/,
    ) {
      const standIn = new CafeStandIn();
      const { promise: handedOut, resolve: handOut } = Promise.withResolvers<void>();
      const cafe = await serveFetch(async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname.endsWith('/cafe-image.js')) await handedOut;
        if (pathname !== '/api/cafe/image') return standIn.handle(request);
        const png = tinyPng({ width: 1024, height: 1024 });
        return new Response(new Uint8Array(png), { headers: { 'Content-Type': 'image/png' } });
      });
      const html = parts.join('').replaceAll('https://cafe.example', cafe.url);
      const blog = await serveFetch(async () => {
        const text = `<!doctype html><meta name="viewport" content="width=device-width">
          <link rel="icon" href="data:,"><style>${css}</style>
          <h1>Hello</h1><p>Above</p>${html}<p id="below">Below</p>`;
        return new Response(text, { headers: { 'Content-Type': 'text/html' } });
      });
      const { page, complaints } = await openWatchedPage(browser, options);
      onTestFinished(async () => {
        await Promise.all([blog.close(), cafe.close()]);
        expect(complaints.filter((complaint) => !allowed.test(complaint))).toEqual([]);
      });
      await page.goto(blog.url, { waitUntil: 'commit' });
      await page.locator('#below').waitFor();
      return { page, handOut };
    }

    type Page = Awaited<ReturnType<typeof openPage>>['page'];
    const box = (page: Page) => page.locator('cafe-image').boundingBox();
    const boxes = (page: Page) =>
      page
        .locator('cafe-image, #below')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));

    it.each([240, 320, 1280])(
      'of README.md does not move in any kind of parent, %d px wide',
      async (width) => {
        const html = (await given('README.md', 'html', '<cafe-image')).replace(
          ' caption',
          ' caption loading="eager"',
        );
        const css = await given('README.md', 'css', ':not(:defined)');
        const options = { viewport: { width, height: 900 } };
        const { page, handOut } = await openPage([inParents(html)], PARENTS_CSS + css, options);
        const before = await boxes(page);
        handOut();
        await until(page, 'loaded', PARENTS.length);
        expect(await boxes(page)).toEqual(before);
        const expected = Math.min(512, width - 16);
        expect(before.slice(0, -1).map((one) => [one.width, one.height])).toEqual(
          PARENTS.map(() => [expected, expected + 48]),
        );
      },
    );

    it.each([
      ['README.md', '', {}],
      ['README.md', '* { box-sizing: border-box }', {}],
      ['README.md', '', PHONE],
      ['docs/recipes.md', '', {}],
    ])(
      'of %s does not move while the script is late, with %j, on %j',
      async (name, css, options) => {
        const parts = [
          await given(name, 'html', '<cafe-image'),
          await given(name, 'html', 'cafe-image.js'),
        ];
        const kept = await given(name, 'css', ':not(:defined)');
        const { page, handOut } = await openPage([...new Set(parts)], css + kept, options);
        const before = await box(page);
        expect(before?.width).toBeLessThanOrEqual(512);
        handOut();
        await until(page, 'loaded');
        expect(await box(page)).toEqual(before);
      },
    );

    it.each(['light', 'dark'] as const)(
      'shows a plate, and the words in the element, where the script is blocked, in the %s',
      async (colorScheme) => {
        const html = (await given('README.md', 'html', '<cafe-image')).replace(
          '</cafe-image>',
          'Our cook is out today.</cafe-image>',
        );
        const css = `:root { color-scheme: light dark } ${await given('README.md', 'css', ':not(:defined)')}`;
        const { page, handOut } = await openPage([html], css, { colorScheme }, /ERR_FAILED/);
        await page.route('**/cafe-image.js', (route) => route.abort());
        await page.reload();
        handOut();
        const place = page.locator('cafe-image');
        expect(await place.evaluate((one) => one.matches(':defined'))).toBe(false);
        const plate = await place.evaluate(
          (one) => getComputedStyle(one, '::before').backgroundImage,
        );
        expect(plate).toContain('gradient');
        const size = await box(page);
        expect(size).toMatchObject({ width: 512, height: 560 });
        const text = await place.evaluate((one) => {
          const range = document.createRange();
          range.selectNodeContents(one);
          return range.getBoundingClientRect().toJSON();
        });
        expect(text.bottom).toBeLessThanOrEqual((size?.y ?? 0) + 560);
        expect(text.top).toBeGreaterThanOrEqual((size?.y ?? 0) + 512);
      },
    );

    it.each([PHONE, {}])('shows the whole picture without JavaScript, on %j', async (options) => {
      const element = await given('docs/recipes.md', 'html', '<noscript>');
      const kept = await given('docs/recipes.md', 'css', ':not(:defined)');
      const { page } = await openPage([element], kept, { ...options, javaScriptEnabled: false });
      const place = await box(page);
      const image = await page.locator('cafe-image img').boundingBox();
      expect(image).toEqual({ ...place, height: place?.width });
      expect(place?.width).toBeLessThanOrEqual(512);
    });
  });
}
