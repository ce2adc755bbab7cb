import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/app/config/config.ts';
import { connectDatabase } from '../../src/app/container/open-database.ts';
import { dayAt } from '../../src/domain/kernel/day.ts';
import { ADMIN_TOKEN, focused, openAdminTab, tabTo } from '../support/admin-tab.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium } from '../support/watched-page.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** A list that is read from its top grows there. */
const NEW_AT_THE_TOP = /^layout shift of [\d.]+: <li /;

const chromium = inject('chromium');
if (chromium) {
  describe('the accounts in the admin page', () => {
    let folder: string;
    let service: Service;
    let off: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-accounts-'));
      const env = { DATA_DIR: path.join(folder, 'data'), ADMIN_TOKEN, GEO_LOCATOR: 'none' };
      await spend(env, 'studio', 102_000);
      [service, off, browser] = await Promise.all([
        startService(env),
        startService({ ...env, DATA_DIR: path.join(folder, 'off'), STUDIO: 'off' }),
        launchChromium(chromium),
      ]);
    });

    afterAll(async () => {
      await browser?.close();
      await Promise.all([service?.stop(), off?.stop()]);
      await rm(folder, { recursive: true });
    });

    const open = (options?: Parameters<typeof openAdminTab>[2]) =>
      openAdminTab(browser, service.url, options);

    async function create(account: string, name: string): Promise<{ id: string; key: string }> {
      const answer = await fetch(`${service.url}/api/admin/keys`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ account, name }),
      });
      expect(answer.status).toBe(201);
      return (await answer.json()) as { id: string; key: string };
    }

    const statusWith = async (key: string) =>
      (await fetch(`${service.url}/v1/account`, { headers: { 'X-API-Key': key } })).status;

    it('are listed with their keys in numbers and what they have spent', async () => {
      await create('studio', 'plugin');
      const page = await open();
      await page.getByRole('link', { name: 'Accounts' }).click();
      await page.getByRole('heading', { name: 'Accounts' }).waitFor();
      const row = page.locator('.account-row', { hasText: 'studio' });
      await row.waitFor();
      expect((await row.innerText()).split('\n').filter(Boolean)).toEqual([
        'studio',
        'Usable keys',
        '1',
        'Spent today',
        '$0.102',
        'Spent this month',
        '$0.102',
        'Keys last used',
        'Never',
      ]);
      await row.getByRole('link').click();
      await page.getByRole('heading', { name: 'studio' }).waitFor();
      expect(await page.title()).toBe('Account · Admin');
      await page.getByRole('heading', { name: 'plugin' }).waitFor();
    });

    it('get a key by keyboard, which is shown once and works at once', async () => {
      const page = await open({
        at: 'accounts',
        permissions: ['clipboard-read', 'clipboard-write'],
        allowed: NEW_AT_THE_TOP,
      });
      await page.locator('.account-row').first().waitFor();
      await tabTo(page, 'Create a key…');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Create an API key' }).waitFor();
      await page.keyboard.type('auth0|5f7c');
      await page.keyboard.press('Tab');
      await page.keyboard.type('CI');
      await tabTo(page, 'Create key');
      await page.keyboard.press('Enter');
      await page.getByText('Copy the key now.').waitFor();
      await expect.poll(() => focused(page)).toBe('Copy key');
      const key = await page.locator('.new-key-text').innerText();
      expect(await statusWith(key)).toBe(200);

      // It would be lost.
      await page.keyboard.press('Escape');
      expect(await page.getByRole('dialog').count()).toBe(1);
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Copied');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      await expect.poll(() => page.content()).not.toContain(key);
      await page.getByRole('link', { name: 'auth0|5f7c' }).click();
      await page.getByRole('heading', { name: 'CI' }).waitFor();
      await page.getByText(`${key.slice(0, 9)}…${key.slice(-4)}`).waitFor();
    });

    it('says what is wrong with a key, and keeps what was typed', async () => {
      const page = await open({ at: 'accounts', allowed: /status of 400/ });
      await page.getByRole('button', { name: 'Create a key…' }).click();
      await page.getByLabel('Account', { exact: true }).fill('my blog');
      await page.getByLabel('Name of the key').fill('CI');
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByText('The account’s name must be 1 to 255 ASCII letters').waitFor();
      for (const scope of [/^Generate/, /^Read/]) {
        await page.getByRole('checkbox', { name: scope }).uncheck();
      }
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByText('Choose at least one thing that the key may do.').waitFor();
      expect(await page.getByLabel('Account', { exact: true }).inputValue()).toBe('my blog');
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      expect(await focused(page)).toBe('Create a key…');
    });

    it('creates a key with fewer scopes and an expiry for the account that is shown', async () => {
      await create('expiring', 'first');
      const page = await open({ at: 'accounts/expiring', allowed: NEW_AT_THE_TOP });
      await page.getByRole('button', { name: 'Create a key…' }).click();
      expect(await page.getByLabel('Account', { exact: true }).inputValue()).toBe('expiring');
      await page.getByLabel('Name of the key').fill('reader');
      await page.getByRole('checkbox', { name: /^Generate/ }).uncheck();
      await page.getByLabel('Expires').fill('2100-01-31');
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      const row = page.locator('.key-row', { hasText: 'reader' });
      await expect.poll(() => row.innerText()).toMatch(/Read\s+Created.*31 Jan 2100/s);
      expect(await row.innerText()).not.toContain('Generate');
    });

    it('revokes a key after it has asked, and what stands around it stays', async () => {
      const made = await create('revoking', 'old laptop');
      const page = await open({ at: 'accounts/revoking' });
      const button = page.getByRole('button', { name: /^Revoke the key old laptop/ });
      await button.click();
      await page.getByRole('dialog', { name: 'Revoke “old laptop”?' }).waitFor();
      expect(await focused(page)).toBe('Keep it');
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      expect(await statusWith(made.key)).toBe(200);
      await button.click();
      await page.getByRole('button', { name: 'Revoke the key', exact: true }).click();
      await page.getByText('The key “old laptop” is revoked.').waitFor();
      await page.getByText('Revoked', { exact: true }).waitFor();
      await expect.poll(() => button.count()).toBe(0);
      expect(await statusWith(made.key)).toBe(401);
      await page.getByRole('link', { name: 'Activity' }).click();
      await page.getByText(/You revoked the key “old laptop” of\s+revoking/).waitFor();
    });

    it('shows what others have done without a reload', async () => {
      await create('live', 'first');
      const page = await open({ at: 'accounts/live', allowed: NEW_AT_THE_TOP });
      await page.getByRole('heading', { name: 'first' }).waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await create('live', 'second');
      await page.getByRole('heading', { name: 'second' }).waitFor();
    });

    it('goes on in parts, and says when there is nothing', async () => {
      const page = await open({ at: 'accounts/none' });
      await page.getByText('No keys yet').waitFor();
      await page.getByText('There is no account of this name.').waitFor();
      await page.route('**/api/admin/accounts?*', (route) => {
        const cursor = new URL(route.request().url()).searchParams.get('cursor');
        const id = cursor === null ? 'first' : 'last';
        const account = { id, createdAt: '2026-11-21T12:00:00Z', usableKeys: 0, lastUsedAt: null };
        const item = { ...account, imagesToday: 0, dollars: { today: 0, month: 0 } };
        const nextCursor = cursor === null ? 'more' : null;
        return route.fulfill({ json: { items: [item], nextCursor } });
      });
      await page.getByRole('link', { name: 'Accounts' }).first().click();
      await page.getByRole('button', { name: 'More accounts' }).click();
      await page.getByRole('link', { name: 'last' }).waitFor();
      expect(await page.getByRole('link', { name: 'first' }).count()).toBe(1);
      expect(await page.getByRole('button', { name: 'More accounts' }).count()).toBe(0);
    });

    it('says that the database does not respond, and tries again', async () => {
      const page = await open({ signsIn: true, allowed: /status of 503/ });
      const error = { code: 'database_unavailable', message: 'The database cannot be reached.' };
      const failing = '**/api/admin/accounts?*';
      await page.route(failing, (route) => route.fulfill({ status: 503, json: { error } }));
      await page.getByRole('link', { name: 'Accounts' }).click();
      await page.getByText('The database does not respond').waitFor();
      await page.unroute(failing);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.account-row').first().waitFor();
    });

    it('are not there without a studio, which their address says', async () => {
      const page = await openAdminTab(browser, off.url, { at: 'accounts' });
      await page.getByText('This service has no accounts. Set DATABASE_URL').waitFor();
      expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
        'Overview',
        'Pictures',
        'Pages',
        'Activity',
        'Settings',
      ]);
    });

    describe.each([
      ['light', {}],
      ['dark', { colorScheme: 'dark' as const }],
      ['on a phone', PHONE],
    ])('%s', (_, options) => {
      it('can be used by all, and fit the screen', async () => {
        await create('a-name-that-is-long_'.repeat(5), 'a key with a name that is long '.repeat(3));
        await create('usable', 'CI');
        const page = await open({ at: 'accounts', ...options });
        await page.locator('.account-row').first().waitFor();
        await expectAccessible(page);
        await page.getByRole('button', { name: 'Create a key…' }).click();
        await expectAccessible(page);
        await page.keyboard.press('Escape');
        await page.getByRole('link', { name: 'a-name' }).click();
        await page.getByRole('heading', { name: 'a key with a name' }).first().waitFor();
        await expectAccessible(page);
        await page
          .getByRole('button', { name: /^Revoke the key/ })
          .first()
          .click();
        await expectAccessible(page);
      });
    });
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
  expect(found).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over).toBeLessThanOrEqual(0);
}

/** Writes down what an account has spent today, before the service has the database open. */
async function spend(
  env: Record<string, string>,
  account: string,
  cost_micro_usd: number,
): Promise<void> {
  const { database: config } = loadConfig(env);
  const { database, close } = await connectDatabase(config!, { notice: () => {} });
  await database.migrate();
  const row = { account, day: dayAt(Date.now()), pictures: 3, reserved: 0, cost_micro_usd };
  await database.run((queries) => queries.insertInto('budget_days').values(row).execute());
  await close();
}
