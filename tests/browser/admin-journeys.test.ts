import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { filterIn, searchFor } from '../../admin/pictures/filter/picture-filter.ts';
import { freePort } from '../../scripts/free-port.ts';
import {
  ADMIN_TOKEN,
  focused,
  keepToasts,
  openAdminTab,
  signInWith,
  tabTo,
} from '../support/admin-tab.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import { type FetchServer, serveFetch } from '../support/serve-fetch.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

/** What unfolds or leaves by one's own hand, or by another's, moves what is below it. */
const MOVES = /^layout shift/;
/** What a browser says by itself where nobody answers; what unfolds or leaves then. */
const AWAY = /ERR_|Failed to load|preload|^layout shift/;
/** Somebody else's change comes with the next look at the store. */
const LIVE = { timeout: 60_000 };
/** Two articles of the demo blog. */
const ARTICLE = '/posts/the-slow-train/';
const OTHER = '/posts/your-lunch-is-not-my-lunch/';

describe('what is looked for in the pool', () => {
  it('stands in the URL and is read from there again', () => {
    const filter = { ...{ country: 'FR', day: '2026-11-21' }, model: 'sketch', page: '/a b&c' };
    const asked = { ...filter, state: 'hidden', sort: 'oldest' } as const;
    expect(filterIn(new URLSearchParams(searchFor(asked)))).toEqual(asked);
    expect(searchFor(filterIn(new URLSearchParams('state=junk&sort=junk')))).toBe('');
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('a day in the admin', () => {
    let folder: string;
    let browser: Browser;
    let painter: FetchServer;
    /** While there is one, the painter does not finish. */
    let busy: PromiseWithResolvers<void> | undefined;
    let service: Service;
    /** Another blog, whose owner looks at every picture first. */
    let careful: Service;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-day-'));
      const openai = new OpenAiStandIn();
      painter = await serveFetch(async (request) => {
        await busy?.promise;
        return openai.handle(request);
      });
      const env = {
        ADMIN_TOKEN,
        IMAGE_GENERATOR: 'openai',
        OPENAI_API_KEY: 'sk-of-the-browser-tests',
        OPENAI_BASE_URL: `${painter.url}/v1`,
        DAILY_GENERATION_BUDGET: '60',
      };
      const dataIn = (name: string) => ({ ...env, DATA_DIR: path.join(folder, name) });
      [service, careful, browser] = await Promise.all([
        startService(dataIn('after')),
        startService({ ...dataIn('before'), REVIEW: 'before' }),
        launchChromium(chromium),
      ]);
    });

    afterAll(async () => {
      await browser?.close();
      await Promise.all([service?.stop(), careful?.stop()]);
      await painter?.close();
      await rm(folder, { recursive: true });
    });

    const cellOf = (page: Page, pagePath: string) =>
      page.getByRole('gridcell', { name: ` for ${pagePath},` });

    /** Has a page painted for a reader in France; the status says whether there was a picture. */
    async function visit({ url }: Service, pagePath: string): Promise<number> {
      const { status } = await fetch(`${url}/api/cafe/generate`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Real-IP': '129.175.15.11' },
        body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
      });
      return status;
    }

    /** What a new reader sees of an article: the element's state, and the file that it shows. */
    async function onTheBlog({ url }: Service, article: string) {
      const { page } = await openWatchedPage(browser);
      await page.goto(url + article);
      const element = page.locator('cafe-image');
      await expect.poll(() => element.getAttribute('status'), LIVE).toMatch(/^(loaded|failed)$/);
      const shown = {
        status: await element.getAttribute('status'),
        images: await element
          .locator('img')
          .evaluateAll((all) => all.map((image) => (image as HTMLImageElement).currentSrc)),
      };
      await page.context().close();
      return shown;
    }

    it('goes by keyboard alone, from signing in to signing out', async () => {
      for (const name of ['one', 'two']) await visit(service, `/posts/${name}`);
      const page = await openAdminTab(browser, service.url, { signsIn: false, allowed: MOVES });
      await signInWith(page, ADMIN_TOKEN);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();

      await tabTo(page, 'Pictures');
      await page.keyboard.press('Enter');
      await cellOf(page, '/posts/two').waitFor();
      await tabTo(page, / for \/posts\/two,/);
      await page.keyboard.press('ArrowRight');
      expect(await focused(page)).toMatch(/ for \/posts\/one,/);
      await page.keyboard.press('h');
      await page.getByText('The picture is hidden.').waitFor();
      await keepToasts(page);
      await expect.poll(() => cellOf(page, '/posts/one').count()).toBe(0);
      await tabTo(page, /^Undo$/);
      await page.keyboard.press('Enter');
      await page.getByText('The picture is restored.').waitFor();
      await cellOf(page, '/posts/one').waitFor();

      await tabTo(page, 'Pages');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '/posts/two' }).waitFor();
      await tabTo(page, 'Regenerate…');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Buy it');
      await page.keyboard.press('Enter');
      await page.getByText(/^New picture on \/posts\//).waitFor();

      await tabTo(page, /^Pre-generate pictures/);
      await page.keyboard.press('Enter');
      await page.getByLabel('For readers from').focus();
      await page.keyboard.type('France');
      await tabTo(page, 'Estimate the cost');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Start');
      busy = Promise.withResolvers();
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Stop');
      await page.keyboard.press('Enter');
      await page.getByText('Stopping…').waitFor();
      busy.resolve();
      busy = undefined;
      await page.getByText('You stopped it.').waitFor();

      await tabTo(page, 'Overview');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      await tabTo(page, 'Pause');
      await page.keyboard.press('Enter');
      await page.getByText('Paused: no pictures are bought.').waitFor();
      await tabTo(page, 'Resume');
      await page.keyboard.press('Enter');
      await page.getByText('Resumed: pictures are bought again.').waitFor();

      await tabTo(page, 'Sign out');
      await page.keyboard.press('Enter');
      await page.getByText('You are signed out.').waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    });

    it('warms the blog by its sitemap, with a bar that fills, and every page has a picture', async () => {
      const page = await openAdminTab(browser, service.url, { at: 'pages', allowed: MOVES });
      await page.getByText('Pre-generate pictures').click();
      expect(await page.getByLabel('All pages of the sitemap').isChecked()).toBe(true);
      await page.getByLabel('For readers from').selectOption('JP');
      await page.getByLabel('Maximum number of pictures').fill('30');
      await page.getByRole('button', { name: 'Estimate the cost' }).click();
      await page.getByText(/^\d+ pages?[.,]/).waitFor();
      busy = Promise.withResolvers();
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      const bar = page.getByRole('progressbar', { name: 'Pages done' });
      await bar.waitFor();
      const filled = () => bar.evaluate(({ value, max }: HTMLProgressElement) => value / max);
      await page.getByText('Pre-generating pictures').waitFor();
      expect(await filled()).toBeLessThan(1);
      busy.resolve();
      busy = undefined;
      await page.getByText('Finished').waitFor(LIVE);
      expect(await filled()).toBe(1);
      for (const article of [ARTICLE, OTHER]) {
        await page.getByRole('heading', { name: article.slice(0, -1) }).waitFor();
        expect((await onTheBlog(service, article)).status).toBe('loaded');
      }
    });

    it('shows one admin what another does in the pool, without a reload', async () => {
      await visit(service, '/posts/both');
      const [one, two] = await Promise.all([
        openAdminTab(browser, service.url, { at: 'pictures?page=/posts/both', allowed: MOVES }),
        openAdminTab(browser, service.url, { at: 'pictures?page=/posts/both', allowed: MOVES }),
      ]);
      await Promise.all([one, two].map((tab) => cellOf(tab, '/posts/both').waitFor()));
      await two.getByText('Live', { exact: true }).waitFor();
      await tabTo(one, / for \/posts\/both,/);
      await one.keyboard.press('h');
      await one.getByText('The picture is hidden.').waitFor();
      await keepToasts(one);
      await expect.poll(() => cellOf(two, '/posts/both').count(), LIVE).toBe(0);
      await one.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => cellOf(two, '/posts/both').count(), LIVE).toBe(1);
    });

    it('lets a picture be seen on the blog once it is approved, and never one that is refused', async () => {
      const before = [await onTheBlog(careful, ARTICLE), await onTheBlog(careful, OTHER)];
      for (const { status, images } of before) {
        expect(status).not.toBe('loaded');
        expect(images.join()).not.toContain('/generated/');
      }
      const page = await openAdminTab(browser, careful.url, { allowed: MOVES });
      await expect.poll(() => page.locator('.strip .badge').allInnerTexts()).toHaveLength(2);
      expect(new Set(await page.locator('.strip .badge').allInnerTexts())).toEqual(
        new Set(['To review']),
      );
      await page.getByRole('link', { name: '2 to review' }).click();
      await page.waitForURL('**/admin/pictures?state=pending');
      const [approved, refused] = [ARTICLE, OTHER].map((each) => each.slice(0, -1));
      await cellOf(page, approved!).waitFor();
      const waiting = cellOf(page, refused!).locator('img');
      await expect
        .poll(() => waiting.evaluate((image: HTMLImageElement) => image.naturalWidth))
        .toBeGreaterThan(0);
      await tabTo(page, / for \/posts\//);
      if (!(await focused(page)).includes(` for ${approved},`)) {
        await page.keyboard.press('ArrowRight');
      }
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: approved!, exact: true }).waitFor();
      await tabTo(page, 'Approve');
      await page.keyboard.press('Enter');
      await page.getByText('The picture is approved.').waitFor();
      await page.getByText('In the pool').waitFor();

      await page.goto(`${careful.url}/admin/pictures?state=pending`);
      await cellOf(page, refused!).waitFor();
      expect(await cellOf(page, approved!).count()).toBe(0);
      await tabTo(page, new RegExp(` for ${refused},`));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: refused!, exact: true }).waitFor();
      const [, generation] = page.url().match(/\d_([\da-f-]{36})/) ?? [];
      await tabTo(page, 'Reject');
      await page.keyboard.press('Enter');
      await page.getByText('The picture is rejected. You find it under Hidden.').waitFor();

      const [shown, other] = [await onTheBlog(careful, ARTICLE), await onTheBlog(careful, OTHER)];
      expect(shown.status).toBe('loaded');
      expect(shown.images.join()).toContain('/generated/');
      // Another one is bought for it, which waits in its turn.
      expect(generation).toBeDefined();
      expect(other.images.join()).not.toContain(generation);
      const hidden = page.locator('figure img');
      await expect.poll(() => hidden.getAttribute('src')).toContain('/hidden.png');
    });

    it('keeps no session alive where nobody sits', async () => {
      const page = await openAdminTab(browser, service.url, { at: 'activity', allowed: MOVES });
      await page.getByText('Live', { exact: true }).waitFor();
      const marks: (string | undefined)[] = [];
      page.on('request', (request) => {
        if (!request.url().endsWith('/api/admin/budget')) return;
        marks.push(request.headers()['x-cafe-background']);
      });
      await page.clock.setFixedTime(Date.now() + 120_000);
      await visit(service, '/posts/while-away');
      await expect.poll(() => marks, LIVE).toEqual(['1']);
      await page.mouse.move(300, 300);
      await visit(service, '/posts/while-back');
      await expect.poll(() => marks, LIVE).toEqual(['1', undefined]);
    });
  });

  describe('the admin page of a cafe that is gone', () => {
    let folder: string;
    let browser: Browser;
    let env: Record<string, string>;
    let service: Service;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-outage-'));
      env = { ADMIN_TOKEN, DATA_DIR: folder, PORT: String(await freePort()) };
      browser = await launchChromium(chromium);
    });

    beforeEach(async () => {
      service = await startService(env);
      return async () => {
        await service.stop();
      };
    });

    afterAll(async () => {
      await browser?.close();
      await rm(folder, { recursive: true });
    });

    it('says that it is offline, though the browser goes on trying, and is live again', async () => {
      const page = await openAdminTab(browser, service.url, { allowed: AWAY });
      await page.getByText('Live', { exact: true }).waitFor();
      await service.stop('SIGKILL');
      await page.getByRole('region', { name: 'Offline' }).waitFor(LIVE);
      service = await startService(env);
      await page.getByText('Live', { exact: true }).waitFor();
    });

    it('gives a view that could not be loaded all of its looks once it is tried again', async () => {
      const page = await openAdminTab(browser, service.url, { allowed: AWAY });
      await page.getByText('Live', { exact: true }).waitFor();
      await service.stop('SIGKILL');
      await page.getByRole('link', { name: 'Activity' }).click();
      await page.getByText('A part of the page could not be loaded.').waitFor();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('Check your connection').waitFor();
      service = await startService(env);
      const sheets = () => page.locator('link[rel=stylesheet][href*="/activity-"]');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'Activity' }).waitFor();
      const isStyled = () =>
        sheets().evaluateAll((all) => all.some((each) => (each as HTMLLinkElement).sheet !== null));
      await expect.poll(isStyled).toBe(true);
    });
  });
}
