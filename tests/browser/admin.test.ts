import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Budget } from '../../admin/api/api-types.ts';
import { formatDollars } from '../../admin/format/money.ts';
import { spendingIn } from '../../admin/overview/spending.ts';
import { blogSnippet } from '../../src/app/blog-snippet.ts';
import { ADMIN_TOKEN, focused, openAdminTab, signInWith, tabTo } from '../support/admin-tab.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium } from '../support/watched-page.ts';

const LIMIT = 6;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
/** A list that is read from its top grows there. */
const NEW_AT_THE_TOP = /^layout shift of [\d.]+: <(li|section) /;
const VIEWS = ['', 'activity', 'settings'];

describe('money', () => {
  it('is said in cents, and where it is less than a dollar as exactly as prices are', () => {
    expect([12.4, 1, 0.034, 0].map(formatDollars)).toEqual(['$12.40', '$1.00', '$0.034', '$0.00']);
  });
});

describe('the last 90 days', () => {
  const day = { day: '2026-11-21', used: 3, reserved: 0 };
  const budgetWith = (dollars: number) =>
    ({ day: '2026-11-21', history: [{ ...day, dollars }] }) as unknown as Budget;
  const today = (dollars: number) => spendingIn(budgetWith(dollars)).bars.at(-1);

  it('are of dollars, and of pictures where none cost any', () => {
    expect(today(0.1)).toMatchObject({ text: '$0.10, 3 pictures', parts: [{ value: 0.1 }] });
    expect(today(0)).toMatchObject({ text: '3 pictures', parts: [{ value: 3 }] });
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('the admin page', () => {
    let folder: string;
    let service: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-admin-'));
      const env = {
        DATA_DIR: path.join(folder, 'data'),
        ADMIN_TOKEN,
        DAILY_GENERATION_BUDGET: String(LIMIT),
        ADMIN_BUDGET_CEILING: '8',
        CORS_ALLOWED_ORIGINS: 'https://blog.example',
      };
      [service, browser] = await Promise.all([startService(env), launchChromium(chromium)]);
      await visit('/posts/first');
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await rm(folder, { recursive: true });
    });

    const open = (options?: Parameters<typeof openAdminTab>[2]) =>
      openAdminTab(browser, service.url, options);

    /** A reader in France opens a page of the blog. */
    async function visit(pagePath: string): Promise<void> {
      const answer = await fetch(`${service.url}/api/cafe/generate`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Real-IP': '129.175.15.11' },
        body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
      });
      expect(answer.status).toBe(200);
    }

    describe('signing in', () => {
      it('says that a token is wrong, and lets the right one in', async () => {
        const page = await open({ signsIn: false });
        await signInWith(page, 'not-the-token');
        await page.getByText('The token is wrong.').waitFor();
        expect(await focused(page)).toBe('token');
        await page.keyboard.type(ADMIN_TOKEN);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Overview' }).waitFor();
        expect(await page.title()).toBe('Overview · Admin');
      });

      it('says how long the door is closed after too many wrong tokens', async () => {
        const page = await open({
          signsIn: false,
          extraHTTPHeaders: { 'X-Real-IP': '129.175.15.12' },
        });
        for (let n = 0; n < 5; n += 1) {
          await signInWith(page, `wrong-${n}`);
          await expect.poll(() => page.getByRole('button', { name: 'Sign in' }).count()).toBe(1);
        }
        await signInWith(page, 'wrong-6');
        await page.getByText('Too many wrong tokens. Try again in 15 min.').waitFor();
      });

      it('says that the cafe cannot be reached', async () => {
        const page = await open({ signsIn: false, allowed: /ERR_FAILED/ });
        await page.route('**/api/admin/session', (route) => route.abort('failed'));
        await signInWith(page, ADMIN_TOKEN);
        await page.getByText('Check your connection').waitFor();
      });

      it('shows the token only where one wants to see it', async () => {
        const page = await open({ signsIn: false });
        const field = page.getByLabel('Token', { exact: true });
        expect(await field.getAttribute('type')).toBe('password');
        expect(await field.getAttribute('autocomplete')).toBe('current-password');
        await tabTo(page, 'Show the token');
        await page.keyboard.press('Space');
        expect(await field.getAttribute('type')).toBe('text');
      });

      it('ends by signing out, and the way back does not lead in again', async () => {
        const page = await open();
        await page.getByRole('heading', { name: 'Overview' }).waitFor();
        await tabTo(page, 'Sign out');
        await page.keyboard.press('Enter');
        await page.getByText('You are signed out.').waitFor();
        await page.reload();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      });

      it('is asked for where a session is over, and goes on where one was', async () => {
        const page = await open({ at: 'activity' });
        await page.getByRole('heading', { name: 'Activity' }).waitFor();
        await page.context().clearCookies();
        await page.getByRole('link', { name: 'Settings' }).click();
        await page.getByText('You are signed out.').waitFor();
        await signInWith(page, ADMIN_TOKEN);
        await page.getByRole('heading', { name: 'Settings' }).waitFor();
        expect(page.url()).toBe(`${service.url}/admin/settings`);
      });
    });

    describe('the overview', () => {
      it('tells what today has used, and follows what is bought without a reload', async () => {
        const page = await open();
        const used = async () => Number((await gauge(page))?.split(' ')[0]);
        await expect.poll(used).toBeGreaterThan(0);
        const before = await used();
        const strip = page.locator('.strip li');
        await expect.poll(() => strip.count()).toBe(before);
        await visit('/posts/second');
        await expect.poll(used).toBe(before + 1);
        await expect.poll(() => strip.count()).toBe(before + 1);
        await page
          .locator('.strip img')
          .first()
          .evaluate((image: HTMLImageElement) => image.decode());
        const day = page.getByRole('img', { name: /20\d\d: \d pictures$/ });
        expect(await day.getAttribute('aria-label')).toContain(`${before + 1} pictures`);
      });

      it('tells how those are that the cafe depends on', async () => {
        const page = await open();
        const rows = page.locator('.upstreams li');
        await expect.poll(() => rows.count()).toBe(4);
        expect(await rows.first().innerText()).toMatch(/^Store\s+OK\s+filesystem/);
        await page.getByText('No picture is being generated.').waitFor();
      });

      it('changes the limit of today within the ceiling, and takes it back, by keyboard', async () => {
        const page = await open();
        await expect.poll(() => gauge(page)).toContain(`today’s ${LIMIT} pictures`);
        await tabTo(page, 'limit');
        await page.keyboard.press('Control+A');
        await page.keyboard.type('99');
        expect(await page.getByLabel('Limit for today').inputValue()).toBe('8');
        await page
          .getByText(`Up to 8: ADMIN_BUDGET_CEILING. Tomorrow, the limit returns to ${LIMIT}.`)
          .waitFor();
        await page.keyboard.press('Enter');
        await expect.poll(() => gauge(page)).toContain('today’s 8 pictures');
        await page.getByText('Today’s limit is now 8.').waitFor();
        await tabTo(page, /^Undo$/);
        await page.keyboard.press('Enter');
        await expect.poll(() => gauge(page)).toContain(`today’s ${LIMIT} pictures`);
      });

      it('says what of it is open to readers, and looks again once there is more', async () => {
        const page = await open({ signsIn: false });
        await page.clock.install();
        const nextAt = new Date(Date.now() + 2 * 3_600_000).toISOString();
        let opening: object = { pictures: 2, nextAt };
        await page.route('**/api/admin/budget', async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, json: { ...(await response.json()), opening } });
        });
        await signInWith(page, ADMIN_TOKEN);
        await page.getByText(`2 of ${LIMIT} available so far, more in 1 hour.`).waitFor();
        opening = { pictures: LIMIT, nextAt: null };
        await page.clock.fastForward('02:00:30');
        await page.getByText(`all ${LIMIT} available.`).waitFor();
      });

      it('pauses for everybody, which another admin sees without a reload', async () => {
        const [one, two] = await Promise.all([
          open(),
          open({ at: 'activity', allowed: NEW_AT_THE_TOP }),
        ]);
        await two.getByText('Live', { exact: true }).waitFor();
        await one.getByRole('button', { name: 'Pause' }).waitFor();
        await tabTo(one, 'Pause');
        await one.keyboard.press('Enter');
        await one.getByText('Paused: no pictures are bought.').waitFor();
        await two.getByRole('region', { name: 'Paused' }).waitFor();
        await two.getByText('You paused spending').first().waitFor();
        await tabTo(two, 'Resume');
        await two.keyboard.press('Enter');
        await two.getByText('Resumed: pictures are bought again.').waitFor();
        await one.getByRole('button', { name: 'Pause' }).waitFor();
      });

      it('tells of each day by arrow keys, and of all of them as a table', async () => {
        const page = await open();
        const chart = page.getByRole('group', { name: 'Pictures of the last 90 days' });
        await chart.waitFor();
        await tabTo(page, /^\d+ \w+ 20\d\d: /);
        const today = await focused(page);
        await page.keyboard.press('ArrowLeft');
        await expect.poll(() => page.locator('.tip').innerText()).toContain('No pictures');
        expect(await focused(page)).not.toBe(today);
        await page.getByRole('button', { name: 'Show the days as a table' }).click();
        const table = page.getByRole('region', { name: 'Pictures of the last 90 days' });
        expect(await table.getByRole('row').count()).toBe(2);
      });
    });

    it('tells what was done, in words', async () => {
      const page = await open({ at: 'activity', allowed: /of 400|^layout shift/ });
      const done = page.locator('.act-text');
      const status = await page.evaluate(async () => {
        const headers = { 'Content-Type': 'application/json' };
        const body = JSON.stringify({ limit: 99 });
        return (await fetch('/api/admin/budget', { method: 'PUT', headers, body })).status;
      });
      expect(status).toBe(400);
      const first = () => done.first().innerText();
      await expect.poll(first).toMatch(/ to 99 pictures\s+Failed$/);
      expect(await first()).toMatch(/^You tried to set today’s budget/);
    });

    it('tells what is in force and what goes into the blog, and hides what is secret', async () => {
      const page = await open({
        at: 'settings',
        permissions: ['clipboard-read', 'clipboard-write'],
        // What is not set goes, because one says so.
        allowed: /^layout shift/,
      });
      await page.getByText('https://blog.example', { exact: true }).first().waitFor();
      const text = await page.locator('main').innerText();
      expect(text).not.toContain(ADMIN_TOKEN);
      await page.getByRole('button', { name: 'Copy' }).click();
      await page.getByText('Copied.').waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      const { script, element, styles } = blogSnippet({ service: service.url, type: 'article' });
      expect(copied.split('\n\n')).toEqual([script, `<style>\n${styles}\n</style>`, element]);
      expect((await page.locator('.setting-list').allInnerTexts()).join()).not.toContain('`');
      await page.locator('dt span code', { hasText: 'production' }).waitFor();
      await page.getByLabel('Only what is set').check();
      const names = await page.locator('.setting-list dt > code').allInnerTexts();
      expect(names).toContain('ADMIN_TOKEN');
      expect(names).not.toContain('OPENAI_IMAGE_MODEL');
    });

    it('says that it is offline, and catches up', async () => {
      const page = await open({ allowed: /ERR_INTERNET_DISCONNECTED/ });
      await page.getByText('Live', { exact: true }).waitFor();
      await page.context().setOffline(true);
      await page.getByRole('region', { name: 'Offline' }).waitFor();
      await page.context().setOffline(false);
      await page.getByText('Live', { exact: true }).waitFor();
    });

    it('is walked through by its links and by the browser’s own way back', async () => {
      const page = await open();
      for (const name of ['Pictures', 'Pages', 'Activity', 'Settings', 'Overview']) {
        await page.getByRole('link', { name, exact: true }).click();
        await page.getByRole('heading', { level: 1, name }).waitFor();
        expect(await focused(page)).toBe(name);
        const current = page.locator('nav [aria-current=page]');
        expect(await current.innerText()).toBe(name);
      }
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await page.goto(`${service.url}/admin/nowhere`);
      await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    });

    it('lets the keyboard skip to the content', async () => {
      const page = await open();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      expect(await focused(page)).toBe('content');
    });

    it.each(['light', 'dark'] as const)('is accessible in the %s', async (colorScheme) => {
      const page = await open({ colorScheme, reducedMotion: 'reduce', signsIn: false });
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      const found = await violations(page);
      await signInWith(page, ADMIN_TOKEN);
      for (const at of VIEWS) {
        await page.goto(`${service.url}/admin/${at}`);
        await page.locator('main .card').first().waitFor();
        await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
        found.push(...(await violations(page)));
      }
      expect(found).toEqual([]);
    });

    it.each(VIEWS)('fits a phone at /admin/%s, its targets a finger', async (at) => {
      const page = await open({ ...PHONE, at });
      await page.locator('main .card').first().waitFor();
      await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      const small = await page
        .locator('nav a, button, select')
        .evaluateAll((all) =>
          all
            .filter((target) => target.getBoundingClientRect().height < 24)
            .map((target) => target.outerHTML),
        );
      expect(small).toEqual([]);
    });
  });
}

/** What the gauge says, such as `2 of today’s 6 pictures used, 0 of them reserved`. */
function gauge(page: Page): Promise<string | null> {
  return page.locator('.gauge svg').getAttribute('aria-label');
}

async function violations(page: Page): Promise<unknown[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.map(({ id, nodes }) => [page.url(), id, nodes[0]?.html]);
}
