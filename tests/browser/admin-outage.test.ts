import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { ADMIN_TOKEN, openAdminTab } from '../support/admin-tab.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium } from '../support/watched-page.ts';

/** What a browser says by itself where nobody answers; what unfolds or leaves then. */
const AWAY = /ERR_|Failed to load|preload|^layout shift/;
const LIVE = { timeout: 20_000 };

const chromium = inject('chromium');
if (chromium) {
  describe('the admin page of a cafe that is gone', { timeout: 60_000 }, () => {
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
      await page.getByText('Live').waitFor();
      await service.stop('SIGKILL');
      await page.getByRole('region', { name: 'Offline' }).waitFor(LIVE);
      service = await startService(env);
      await page.getByText('Live').waitFor({ timeout: 40_000 });
    });

    it('gives a view that could not be loaded all of its looks once it is tried again', async () => {
      const page = await openAdminTab(browser, service.url, { allowed: AWAY });
      await page.getByText('Live').waitFor();
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
