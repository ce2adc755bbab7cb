import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { countryChoices } from '../../admin/pictures/filter/countries.ts';
import { COUNTRIES } from '../../src/domain/countries/country.ts';
import { focused, keepToasts, TINY_SHIFT, tabTo } from '../support/admin-tab.ts';
import { seedPool } from '../support/seeded-pool.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const TOKEN = 'a-token-for-the-pool-of-the-admin';
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const SEEDED = 400;
/** Of the demo blog. */
const ARTICLE = '/posts/the-slow-train/';

describe('the countries to choose from', () => {
  it('are those of the cafe, by the names of this runtime', () => {
    const codes = countryChoices().map(({ code }) => code);
    expect(codes.toSorted()).toEqual(COUNTRIES.map(({ code }) => code).toSorted());
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('the pool in the admin page', () => {
    let folder: string;
    let service: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-pool-'));
      await seedPool(folder, { count: SEEDED, perDay: 100 });
      const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN, DAILY_GENERATION_BUDGET: '50' };
      [service, browser] = await Promise.all([startService(env), launchChromium(chromium)]);
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await rm(folder, { recursive: true });
    });

    /** A tab at the admin page, signed in, which complains of nothing but what is allowed. */
    async function open(at: string, options?: BrowserContextOptions, allowed = /^$/) {
      const { page, complaints } = await openWatchedPage(browser, options);
      onTestFinished(() => {
        const serious = complaints.filter((each) => !allowed.test(each) && !TINY_SHIFT.test(each));
        expect(serious).toEqual([]);
      });
      const headers = { Origin: service.url };
      const session = `${service.url}/api/admin/session`;
      await page.request.post(session, { data: { token: TOKEN }, headers });
      await page.goto(`${service.url}/admin/${at}`);
      return page;
    }

    async function api<T>(method: string, at: string, body?: unknown): Promise<T> {
      const answer = await fetch(`${service.url}/api/admin${at}`, {
        method,
        headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as T;
    }

    /** The id of the picture that was made for a seeded page. */
    async function seeded(n: number): Promise<string> {
      const { items } = await api<{ items: { id: string; page: { path: string } }[] }>(
        'GET',
        `/images?page=/posts/${n}&limit=200&state=all`,
      );
      return items.find((item) => item.page.path === `/posts/${n}`)!.id;
    }

    /** What a new reader sees on the blog: the file that is shown. */
    async function onTheBlog(): Promise<string> {
      const { page } = await openWatchedPage(browser);
      await page.goto(service.url + ARTICLE);
      await page.locator('cafe-image[status=loaded]').waitFor();
      const shown = await page
        .locator('cafe-image img')
        .evaluate((image: HTMLImageElement) => image.currentSrc || image.src);
      await page.context().close();
      return shown;
    }

    /** The article's own picture, which is bought the first time. */
    async function ownPicture(): Promise<string> {
      await onTheBlog();
      type Pages = { items: { image: string }[] };
      const { items } = await api<Pages>('GET', '/pages?search=posts/the-slow-train');
      return items[0]!.image;
    }

    const cells = (page: Page) => page.locator('.cell[data-id]');
    const cellOf = (page: Page, path_: string) =>
      page.getByRole('gridcell', { name: ` for ${path_},` });
    const active = (page: Page) =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');

    it('is browsed, and tells of a picture all that is known', async () => {
      const page = await open('pictures?page=/posts/');
      await page.getByRole('heading', { name: 'Pictures' }).waitFor();
      await cellOf(page, '/posts/0').click();
      await page.getByRole('heading', { name: '/posts/0', exact: true }).waitFor();
      const text = await page.getByRole('main').innerText();
      expect(text).toMatch(/A reader from Andorra visited \/posts\/0/);
      expect(text).toContain('Paint a dish that is popular in Andorra.');
      expect(text).toMatch(/The picture was ready after 20 s, and cost \$0\.034/);
      expect(text).toContain('gpt-image-2');
      expect(text).toContain('No page shows it now.');
      await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { name: '/posts/1', exact: true }).waitFor();
      await page.keyboard.press('ArrowLeft');
      await page.getByRole('heading', { name: '/posts/0', exact: true }).waitFor();
    });

    it('has of hundreds only those near the screen in the document, and gets more on the way', async () => {
      const page = await open('pictures');
      await cellOf(page, '/posts/0').waitFor();
      await page.getByText(/^\d+ pictures so far$/).waitFor({ state: 'attached' });
      // As often as it takes: the end of the list moves away while there is more of it.
      let most = 0;
      const scroll = async () => {
        await page.mouse.wheel(0, 1500);
        most = Math.max(most, await cells(page).count());
        return cellOf(page, '/posts/399').count();
      };
      await expect.poll(scroll).toBe(1);
      expect(most).toBeLessThan(80);
      expect(await cellOf(page, '/posts/20').count()).toBe(0);
      await expect.poll(() => page.locator('.cell img').count()).toBeGreaterThan(10);
    });

    it('keeps its filter in the address, and its place while one looks at a picture', async () => {
      const page = await open('pictures');
      await cellOf(page, '/posts/0').waitFor();
      await page.getByLabel('Country').selectOption('FR');
      await page.waitForURL('**/pictures?country=FR');
      await page.getByText(/^\d pictures$/).waitFor();
      await page.getByLabel('Made for').fill('/posts/74');
      await page.waitForURL('**/pictures?country=FR&page=%2Fposts%2F74');
      await expect.poll(() => cells(page).count()).toBe(1);
      await page.reload();
      await expect.poll(() => cells(page).count()).toBe(1);
      await page.getByLabel('Day').fill('2020-01-01');
      await page.getByText('No picture matches').waitFor();
      await page.getByRole('link', { name: 'Clear' }).click();
      await cellOf(page, '/posts/0').waitFor();
      // Not so far that the picture is out of the document again, however fast more of them come.
      await page.mouse.wheel(0, 900);
      await cellOf(page, '/posts/50').scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => scrollY);
      await cellOf(page, '/posts/50').click();
      await page.getByRole('heading', { name: '/posts/50', exact: true }).waitFor();
      await page.goBack();
      await cellOf(page, '/posts/50').waitFor();
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before - 250);
    });

    it('is walked through, selected from and hidden by keyboard alone, and put back', async () => {
      const page = await open('pictures?page=/posts/3&sort=oldest');
      await cells(page).first().waitFor();
      await page.getByLabel('Order').focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      const first = await active(page);
      await page.keyboard.press('End');
      const end = await active(page);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowUp');
      expect(await active(page)).toBe(first);
      await page.keyboard.press('Control+End');
      await page.keyboard.press('Control+Home');
      expect(await active(page)).toBe(first);

      await page.keyboard.press('Space');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
      await page.getByText('3 selected').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByText('3 selected').count()).toBe(0);
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+End');
      expect(await active(page)).toBe(end);
      await page.keyboard.press('h');
      await page.getByText(/^\d+ pictures are hidden\.$/).waitFor();
      await keepToasts(page);
      await expect
        .poll(() => cellOf(page, first.split(' for ')[1]!.split(',')[0]!).count())
        .toBe(0);
      expect(await active(page)).not.toBe('');
      await page.getByRole('button', { name: 'Undo' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText(/are restored/).waitFor();
      await expect.poll(() => cells(page).first().getAttribute('aria-label')).toBe(first);
    });

    it('lets a hidden picture leave the blog at once, and puts it back there', async () => {
      const id = await ownPicture();
      const name = id.slice('2026-11-21_'.length);
      expect(await onTheBlog()).toContain(name);
      const page = await open(`pictures/${encodeURIComponent(id)}`);
      await page.getByRole('button', { name: 'Hide' }).click();
      await page.getByText('The picture is hidden.').waitFor();
      await keepToasts(page);
      expect(await onTheBlog()).not.toContain(name);
      const hidden = page.locator('figure img');
      await expect.poll(() => hidden.getAttribute('src')).toContain('/hidden.png');
      await expect
        .poll(() => hidden.evaluate((image: HTMLImageElement) => image.naturalWidth))
        .toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('The picture is restored.').waitFor();
      await page.getByRole('button', { name: 'Hide' }).waitFor();
      const rebought = await api<{ presence: string }>('GET', `/images/${encodeURIComponent(id)}`);
      expect(rebought.presence).toBe('visible');
    });

    it('shows one admin what another one does, without a reload', async () => {
      const page = await open('pictures?page=/posts/12');
      const gone = cellOf(page, '/posts/120');
      await gone.waitFor();
      const id = await seeded(120);
      await api('POST', `/images/${encodeURIComponent(id)}/hide`, {});
      await expect.poll(() => gone.count()).toBe(0);
      await api('POST', `/images/${encodeURIComponent(id)}/restore`, {});
      await expect.poll(() => gone.count()).toBe(1);
    });

    it('asks before it deletes for good, and does not delete what is kept', async () => {
      const page = await open('pictures?page=/posts/15');
      const cell = cellOf(page, '/posts/150');
      await cell.hover();
      await cell.getByRole('button', { name: 'Select' }).click();
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByText('Delete the picture permanently?').waitFor();
      await page.getByRole('button', { name: 'Keep' }).click();
      expect(await cell.count()).toBe(1);
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByRole('button', { name: 'Delete permanently' }).click();
      await page.getByText('The picture is deleted.').waitFor();
      await expect.poll(() => cell.count()).toBe(0);
      expect(await api('GET', `/images/${encodeURIComponent(await seeded(150))}`)).toMatchObject({
        presence: 'absent',
        state: 'spent',
      });
    });

    it('deletes nothing by a double click on what asks, neither one picture nor a selection', async () => {
      const id = await seeded(160);
      // A question takes room.
      const page = await open(`pictures/${encodeURIComponent(id)}`, {}, /^layout shift/);
      await page.getByRole('button', { name: 'Delete…' }).dblclick();
      await page.getByText('Delete it permanently?').waitFor();
      await page
        .getByRole('button', { name: 'Delete permanently' })
        .dispatchEvent('click', { detail: 2 });
      expect(await page.getByText('Delete it permanently?').count()).toBe(1);
      const other = await open('pictures?page=/posts/16');
      const cell = cellOf(other, '/posts/161');
      await cell.hover();
      await cell.getByRole('button', { name: 'Select' }).click();
      await other.getByRole('button', { name: 'Delete…' }).dblclick();
      await other.getByText('Delete the picture permanently?').waitFor();
      await other
        .getByRole('button', { name: 'Delete permanently' })
        .dispatchEvent('click', { detail: 2 });
      expect(await cell.count()).toBe(1);
    });

    it('keeps the focus where one is, and takes Escape for a no, on what is to be deleted or bought', async () => {
      const page = await open('pictures?page=/posts/17', {}, /^layout shift/);
      await cellOf(page, '/posts/170').waitFor();
      await tabTo(page, / for \/posts\/\d+,/);
      await page.keyboard.press('Space');
      await tabTo(page, 'Delete…');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Keep');
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toBe('Delete…');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Keep');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Delete…');
      expect(await page.getByText('1 selected').count()).toBe(1);

      await cellOf(page, '/posts/170').click();
      await page.getByRole('heading', { name: '/posts/170', exact: true }).waitFor();
      expect(await focused(page)).toBe('/posts/170');
      await tabTo(page, 'Delete…');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Keep');
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toBe('Delete…');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Keep');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText('The picture is deleted.').waitFor();
      await expect.poll(() => focused(page)).toBe('/posts/170');

      await ownPicture();
      await page.goto(`${service.url}/admin/pages?search=the-slow-train`);
      await page.getByRole('button', { name: 'Regenerate…' }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Buy it');
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toBe('Regenerate…');
    });

    it('pins a picture to a page by keyboard, and takes it back', async () => {
      await ownPicture();
      const before = await onTheBlog();
      const id = await seeded(7);
      const page = await open(`pictures/${encodeURIComponent(id)}`);
      await page.getByRole('button', { name: 'Pin to a page…' }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.type('/posts/the-slow');
      await page.getByRole('button', { name: /the-slow-train/ }).waitFor();
      await expect.poll(() => page.getByRole('dialog').getByRole('listitem').count()).toBe(1);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page
        .getByText('Pinned to /posts/the-slow-train for readers whose country is unknown.')
        .waitFor();
      await page.getByText('Pinned', { exact: true }).waitFor();
      expect(await onTheBlog()).toContain('v=00000000-0000-4000-8000-000000000007');
      await page.getByRole('button', { name: 'Undo' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('No page shows it now.').waitFor();
      expect(await onTheBlog()).toBe(before);
    });

    it('lists the pages, and pins a picture of the pool to one', async () => {
      await ownPicture();
      const page = await open('pages?search=the-slow-train');
      await page.getByRole('heading', { name: '/posts/the-slow-train' }).waitFor();
      const link = page.getByRole('link', { name: /the-slow-train.*on the blog/ });
      expect(await link.getAttribute('href')).toBe('/posts/the-slow-train');
      await page.getByRole('button', { name: 'Pin…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Made for').fill('/posts/33');
      const choice = dialog.getByRole('gridcell', { name: ' for /posts/33,' });
      await choice.focus();
      await page.keyboard.press('Enter');
      await page.getByText(/^Pinned to/).waitFor();
      await page.getByText('Pinned', { exact: true }).waitFor();
      expect(await onTheBlog()).toContain('v=00000000-0000-4000-8000-000000000021');
    });

    it('says what a new picture costs, buys it, and shows it, by keyboard alone', async () => {
      await ownPicture();
      const before = await onTheBlog();
      const page = await open('pages?search=the-slow-train', {}, /layout shift/);
      const seen = Promise.withResolvers<void>();
      await page.route('**/api/admin/pages/rebrew', async (route) => {
        if (!route.request().postDataJSON().dryRun) await seen.promise;
        await route.continue();
      });
      await page.getByRole('button', { name: 'Regenerate…' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText(/Costs at most \$0\.00; \d+ pictures are left today/).waitFor();
      await page.keyboard.press('Enter');
      await page.getByText('Generating…').waitFor();
      seen.resolve();
      await page.getByText('New picture on /posts/the-slow-train').waitFor();
      await page.getByText('Own picture', { exact: true }).waitFor();
      expect(await onTheBlog()).not.toBe(before);
    });

    it('pre-generates pictures within a limit, and shows the progress and the result', async () => {
      // What unfolds by one's own hand moves what is below.
      const page = await open('pages', {}, /layout shift/);
      await page.getByText('Pre-generate pictures').click();
      await page.getByLabel('These pages').check();
      await page.getByRole('button', { name: 'Estimate the cost' }).click();
      await page.getByText('Enter at least one path.').waitFor();
      expect(await page.locator('.chips li').count()).toBe(0);
      await page
        .getByLabel('Paths')
        .fill('/posts/warm-one\nhttps://blog.example/posts/warm-two/\n');
      await page.getByLabel('Maximum number of pictures').fill('1');
      await page.getByRole('button', { name: 'Estimate the cost' }).click();
      await page.getByText('Add at least one country.').waitFor();
      await page.getByLabel('For readers from').selectOption({ label: 'Country unknown' });
      await page.getByRole('button', { name: 'Estimate the cost' }).click();
      await page.getByText(/^2 pages\. Buys at most 1 picture/).waitFor();
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.getByRole('progressbar', { name: 'Pages done' }).waitFor();
      await page.getByText('1 of at most 1').waitFor();
      await page.getByText('As many pictures were bought as you allowed.').waitFor();
      await page.getByRole('button', { name: 'New job' }).click();
      await page.getByLabel('Paths').waitFor();
      await page.getByRole('heading', { name: '/posts/warm-' }).first().waitFor();
    });

    it('says what is wrong where the cafe does not answer, and goes on when it does', async () => {
      const page = await open('pictures/x', {}, /status of|ERR_FAILED/);
      await page.getByText('Unknown ID').waitFor();
      await page.route('**/api/admin/images?**', (route) => route.abort('failed'));
      await page.goto(`${service.url}/admin/pictures`);
      await page.getByText('The service is not reachable').waitFor();
      await page.unroute('**/api/admin/images?**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await cells(page).first().waitFor();
    });

    it.each(['light', 'dark'] as const)('is accessible in the %s', async (colorScheme) => {
      const id = await seeded(5);
      await ownPicture();
      for (const at of ['pictures', `pictures/${encodeURIComponent(id)}`, 'pages']) {
        const page = await open(at, { colorScheme, reducedMotion: 'reduce' });
        await page.locator('main img').first().waitFor();
        if (at === 'pictures') {
          await cells(page).first().focus();
          await page.keyboard.press('Space');
        } else {
          await page.getByRole('button', { name: /^Pin/ }).first().click();
          await page.getByRole('dialog').locator('img').first().waitFor();
        }
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id: rule, nodes }) => [at, rule, nodes[0]?.html])).toEqual([]);
        await page.context().close();
      }
    });

    it.each([360, 320])('fits a phone of %d pixels, its targets a finger', async (width) => {
      await ownPicture();
      const id = await seeded(5);
      for (const at of ['pictures', `pictures/${encodeURIComponent(id)}`, 'pages']) {
        const page = await open(at, { ...PHONE, viewport: { width, height: 740 } });
        await page.locator('main img').first().waitFor();
        expect([at, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
          at,
          width,
        ]);
        const small = await page
          .locator('main button, main a.button, main select')
          .evaluateAll((all) =>
            all
              .filter((target) => target.checkVisibility())
              .filter((target) => target.getBoundingClientRect().height < 24)
              .map((target) => target.outerHTML),
          );
        expect(small).toEqual([]);
      }
    });
  });
}
