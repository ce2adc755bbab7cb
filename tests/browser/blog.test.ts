import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type FetchServer, serveFetch } from '../support/serve-fetch.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const HOME = '/';
const ARTICLE = '/posts/the-slow-train/index.html';
const ARCHIVE = '/page/2/index.html';
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

describe('the blog as it is built for development', () => {
  it('has a bar, and yet nothing inline and nothing from elsewhere', async () => {
    const html = await readFile(path.join(ROOT, 'dist/site/index.html'), 'utf8');
    expect(html).toContain('<aside class="development-bar"');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/)|<style|\bstyle=|\son[a-z]+=/i);
    expect(html.replace(/<link rel="canonical"[^>]*>/, '')).not.toMatch(/\b(src|href)="http/i);
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('the demo blog', () => {
    let folder: string;
    /** The published site, on an origin of its own. */
    let published: FetchServer;
    let service: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-blog-'));
      published = await serveFetch(async (request) => {
        const { pathname } = new URL(request.url);
        const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
        const body = await readFile(path.join(folder, 'Output', name));
        const type = TYPES[path.extname(name)] ?? 'application/octet-stream';
        return new Response(body, { headers: { 'Content-Type': type } });
      });
      const env = {
        DATA_DIR: path.join(folder, 'data'),
        DAILY_GENERATION_BUDGET: '100',
        CORS_ALLOWED_ORIGINS: published.url,
      };
      [service, browser] = await Promise.all([startService(env), launchChromium(chromium)]);
      const script = path.join(ROOT, 'examples/blog/publish.ts');
      await promisify(execFile)(process.execPath, [script, path.join(folder, 'Output')], {
        env: { BYTESIZED_CAFE_API_URL: service.url, SITE_URL: published.url },
      });
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await published?.close();
      await rm(folder, { recursive: true });
    });

    /** A tab that may complain of nothing else than what is allowed, and what it posted. */
    async function openTab(options?: BrowserContextOptions, allowed = /^$/) {
      const { page, complaints } = await openWatchedPage(browser, options);
      const posted: unknown[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') posted.push(request.postDataJSON().context);
      });
      onTestFinished(() => {
        expect(complaints.filter((complaint) => !allowed.test(complaint))).toEqual([]);
      });
      const visit = async (at: string) => {
        await page.goto(service.url + at);
        await page.locator('[data-of=locator]').getByText('mmdb').waitFor({ state: 'attached' });
      };
      return { page, posted, visit };
    }

    it.each([
      [HOME, 'index'],
      [ARTICLE, 'article'],
      [ARCHIVE, 'archive'],
    ])('asks for one picture by itself at %s, which is an %s page', async (pagePath, pageType) => {
      const { page, posted, visit } = await openTab();
      await visit(pagePath);
      expect(await picture(page)).toMatchObject({ shape: 1 });
      expect(posted).toEqual([{ pagePath, pageType }]);
    });

    it('loads a small file where the picture is small, and no more of its megabyte', async () => {
      const { page, visit } = await openTab({ viewport: { width: 512, height: 900 } });
      const loaded: string[] = [];
      page.on('response', (response) => {
        if (response.request().resourceType() === 'image') loaded.push(response.url());
      });
      await visit(ARTICLE);
      const { url, file } = await picture(page);
      const slot = await page.locator('cafe-image').evaluate(({ clientWidth }) => clientWidth);
      expect([slot > 400, slot <= 480]).toEqual([true, true]);
      expect(file).toMatch(/\.480\.webp$/);
      expect(loaded.filter((one) => one.includes('/images/'))).toEqual([file]);
      const bytes = async (one: string) => (await (await fetch(one)).arrayBuffer()).byteLength;
      expect(await bytes(file)).toBeLessThan(60 * 1024);
      expect(await bytes(url)).toBeGreaterThan(1024 * 1024);
    });

    it('loads a file as fine as the screen', async () => {
      const viewport = { width: 512, height: 900 };
      const { page, visit } = await openTab({ viewport, deviceScaleFactor: 2 });
      await visit(ARTICLE);
      expect((await picture(page)).file).toMatch(/\.1024\.webp$/);
    });

    it('shows the same picture without JavaScript, and asks for none', async () => {
      const { page, visit } = await openTab();
      await visit(ARTICLE);
      const { url } = await picture(page);
      const plain = await openTab({ javaScriptEnabled: false });
      await plain.page.goto(service.url + ARTICLE);
      const image = plain.page.locator('cafe-image noscript img, cafe-image img').first();
      await image.waitFor();
      const redirected = await fetch(new URL((await image.getAttribute('src')) ?? '', service.url));
      expect([redirected.status, redirected.url]).toEqual([200, url]);
      expect(plain.posted).toEqual([]);
    });

    it('has no address of a picture, in pages or feed, that leads nowhere', async () => {
      const output = path.join(folder, 'Output');
      const names = (await readdir(output, { recursive: true })).filter((name) =>
        /\.(html|rss)$/.test(name),
      );
      const texts = await Promise.all(
        names.map((name) => readFile(path.join(output, name), 'utf8')),
      );
      const urls = new Set(
        texts.flatMap((text) =>
          [...text.matchAll(/https?:[^"<\s]*\/api\/cafe\/image\?[^"<\s]*/g)].map(([found]) =>
            found.replaceAll('&amp;', '&'),
          ),
        ),
      );
      expect(urls.size).toBeGreaterThan(10);
      for (const url of urls) {
        expect([url, (await fetch(url, { redirect: 'manual' })).status]).toEqual([url, 302]);
        const { status, headers } = await fetch(url);
        expect([url, status]).toEqual([url, 200]);
        const type = url.endsWith('&rendition=card') ? 'image/jpeg' : 'image/png';
        expect(headers.get('content-type')).toBe(type);
      }
    });

    it('asks once a page and session', async () => {
      const { page, posted, visit } = await openTab();
      await visit(HOME);
      const first = await picture(page);
      await page.getByRole('link', { name: 'Small software, well kept' }).click();
      await page.waitForURL('**/posts/**');
      const second = await picture(page);
      await page.goBack();
      expect(await picture(page)).toEqual(first);
      await page.reload();
      expect(await picture(page)).toEqual(first);
      expect(second.url).not.toBe(first.url);
      expect(posted).toHaveLength(2);
    });

    it('has one page at a folder and at its index.html, with one picture', async () => {
      const { page, posted, visit } = await openTab();
      await visit(ARTICLE);
      const first = await picture(page);
      await visit(ARTICLE.replace('index.html', ''));
      expect(await picture(page)).toEqual(first);
      expect(posted).toHaveLength(1);
      const body = JSON.stringify({
        context: { pagePath: ARTICLE.replace('index.html', ''), pageType: 'article' },
      });
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(`${service.url}/api/cafe/generate`, {
        method: 'POST',
        headers,
        body,
      });
      expect(await answer.json()).toEqual({ url: first.url });
    });

    it('can be walked through by its links', async () => {
      const { page, visit } = await openTab();
      await visit(HOME);
      await page.getByRole('link', { name: 'Older articles' }).click();
      await page.waitForURL(`**${ARCHIVE}`);
      await page.getByRole('link', { name: 'A soup that waits for you' }).click();
      await page.waitForURL('**/posts/a-soup-that-waits/index.html');
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^A soup/);
      await page.getByRole('link', { name: 'The slow train is the fast one' }).click();
      await page.waitForURL(`**${ARTICLE}`);
      await page.getByRole('link', { name: 'Archive' }).click();
      await page.getByRole('link', { name: 'Newer articles' }).click();
      await page.waitForURL(service.url + HOME);
      await picture(page);
    });

    it('lets the keyboard skip to the text', async () => {
      const { page, visit } = await openTab();
      await visit(ARTICLE);
      const skip = page.getByRole('link', { name: 'Skip to the text' });
      expect((await skip.boundingBox())?.y).toBeLessThan(0);
      await page.keyboard.press('Tab');
      expect((await skip.boundingBox())?.y).toBe(0);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
      await picture(page);
    });

    it('is visited from the country that is picked, and remembers it', async () => {
      const { page, visit } = await openTab();
      await visit(HOME);
      expect((await picture(page)).url).toContain('/root-anywhere.png');
      const bar = page.getByRole('complementary', { name: 'Development' });
      expect(await bar.innerText()).toContain('localhost has no country: pick one');

      await arrive(page, 'Japan');
      expect((await picture(page)).url).toContain('/root-japan.png');
      expect(await page.getByText('X-Real-IP').innerText()).toContain('133.11.0.1');
      await arrive(page, 'Mexico');
      expect((await picture(page)).url).toContain('/root-mexico.png');

      await visit(ARTICLE);
      expect((await picture(page)).url).toContain('/posts/the-slow-train-mexico.png');
      const picked = page.getByLabel('Visit from').locator('option:checked');
      expect(await picked.innerText()).toBe('Mexico');
    });

    it('says what runs, and folds that away for good', async () => {
      const { page, visit } = await openTab();
      await visit(HOME);
      const bar = page.getByRole('complementary', { name: 'Development' });
      const button = bar.getByRole('button');
      expect(await bar.innerText()).toMatch(
        /filesystem, .*Made by\s+sketch\s+Countries\s+mmdb\s+Budget\s+100 a day/s,
      );
      await button.click();
      expect(await page.getByLabel('Visit from').isVisible()).toBe(false);
      await visit(ARCHIVE);
      expect(await page.getByLabel('Visit from').isVisible()).toBe(false);
      expect(await button.getAttribute('aria-expanded')).toBe('false');
      await button.click();
      expect(await page.getByLabel('Visit from').isVisible()).toBe(true);
      await picture(page);
    });

    it('says in its own words that a page is not there, and buys nothing for it', async () => {
      const { page, posted, visit } = await openTab({}, /status of 404/);
      await visit('/posts/never-written/');
      expect(await page.getByRole('heading').innerText()).toBe('That is not on the menu');
      await page.getByRole('link', { name: 'See what is being served' }).click();
      await picture(page);
      expect(posted).toEqual([{ pagePath: HOME, pageType: 'index' }]);
    });

    it.each(['light', 'dark'] as const)('is accessible in the %s', async (colorScheme) => {
      const { page, visit } = await openTab({ colorScheme, reducedMotion: 'reduce' }, /of 404/);
      for (const at of [HOME, ARTICLE, ARCHIVE, '/nowhere']) {
        await visit(at);
        if (at !== '/nowhere') await picture(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [at, id, nodes[0]?.html])).toEqual([]);
      }
    });

    it.each([HOME, ARTICLE, ARCHIVE])('fits a phone at %s, its targets a finger', async (at) => {
      const { page, visit } = await openTab(PHONE);
      await visit(at);
      await picture(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      const small = await page
        .locator('nav a, .colophon a, .sign, button')
        .evaluateAll((all) =>
          all
            .filter((target) => target.getBoundingClientRect().height < 24)
            .map((target) => target.outerHTML),
        );
      expect(small).toEqual([]);
    });

    it('has a feed and a sitemap that a browser’s parser takes', async () => {
      const { page, visit } = await openTab();
      await visit(HOME);
      await picture(page);
      const roots = await page.evaluate(() =>
        Promise.all(
          ['/feed.rss', '/sitemap.xml'].map(async (at) => {
            const text = await (await fetch(at)).text();
            const parsed = new DOMParser().parseFromString(text, 'application/xml');
            return parsed.documentElement.nodeName;
          }),
        ),
      );
      expect(roots).toEqual(['rss', 'urlset']);
    });

    it('works from any static host, without the tools of development', async () => {
      const { page, posted } = await openTab();
      await page.goto(published.url + HOME);
      const { url } = await picture(page);
      expect(new URL(url).origin).toBe(service.url);
      await page.getByRole('link', { name: 'Archive' }).click();
      await page.waitForURL(published.url + ARCHIVE);
      await picture(page);
      expect(posted).toEqual([
        { pagePath: HOME, pageType: 'index' },
        { pagePath: ARCHIVE, pageType: 'archive' },
      ]);
      expect(await page.getByText('Development').count()).toBe(0);
    });
  });
}

/** The page's picture, once it is to be seen. */
async function picture(page: Page): Promise<{ url: string; file: string; shape: number }> {
  await page.locator('cafe-image[status=loaded]').waitFor();
  return page.locator('cafe-image img').evaluate((image: HTMLImageElement) => ({
    url: image.src,
    file: image.currentSrc,
    shape: image.naturalWidth / image.naturalHeight,
  }));
}

/** Picks a country, which loads the page again. */
async function arrive(page: Page, country: string): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page.getByLabel('Visit from').selectOption(country);
  await loaded;
}
