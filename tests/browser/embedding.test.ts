import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { CafeStandIn, until } from '../support/open-blog.ts';
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

describe('what documents give to be put into a page', () => {
  it('is the same in README.md and in the recipes, beside the page itself', async () => {
    const [readme, recipes] = await Promise.all(
      ['README.md', 'docs/recipes.md'].map(async (name) => ({
        script: (await given(name, 'html', 'cafe-image.js')).match(/<script .*<\/script>/)?.[0],
        rules: (await given(name, 'css', ':not(:defined)')).match(/^cafe-image.*$/gm)?.slice(0, 3),
      })),
    );
    expect(readme?.script).toContain('https://cafe.example/');
    expect(readme?.rules).toHaveLength(3);
    expect(recipes).toEqual(readme);
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('a page that has what a document gives', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    /** A short page of a blog, whose cafe hands out the script when it is told to. */
    async function openPage(parts: string[], css: string, options?: BrowserContextOptions) {
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
        expect(complaints).toEqual([]);
      });
      await page.goto(blog.url, { waitUntil: 'commit' });
      await page.locator('#below').waitFor();
      return { page, handOut };
    }

    const box = (page: Awaited<ReturnType<typeof openPage>>['page']) =>
      page.locator('cafe-image').boundingBox();

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
