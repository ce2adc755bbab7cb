import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ADMIN_TOKEN, openAdminTab } from '../support/admin-tab.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium } from '../support/watched-page.ts';

/** Enough for the service to go on behind its answer. */
const COPIES = 60;
/** Progress and results appear above what is there. */
const MOVES = /^layout shift/;

const chromium = inject('chromium');
if (chromium) {
  describe('S20: a picture that many pages show, in the admin', () => {
    let folder: string;
    let service: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-copies-'));
      const env = { DATA_DIR: folder, ADMIN_TOKEN, DAILY_GENERATION_BUDGET: '1' };
      [service, browser] = await Promise.all([startService(env), launchChromium(chromium)]);
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await rm(folder, { recursive: true });
    });

    async function visit(pagePath: string): Promise<string> {
      const answer = await fetch(`${service.url}/api/cafe/generate`, {
        method: 'POST',
        body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
        headers: { 'Content-Type': 'application/json', 'X-Real-IP': '2.2.2.2' },
      });
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { url: string }).url;
    }

    it('is hidden at once, and says when its pages are changed', async () => {
      await visit('/posts/own');
      const pages = Array.from({ length: COPIES }, (_, n) => `/posts/copy-${n}`);
      const urls = await Promise.all(pages.map(visit));
      const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
      const answer = await fetch(`${service.url}/api/admin/images`, { headers });
      const { items } = (await answer.json()) as { items: { id: string }[] };
      const at = `pictures/${encodeURIComponent(items[0]!.id)}`;
      const page = await openAdminTab(browser, service.url, { at, allowed: MOVES });
      await page.getByRole('button', { name: 'Hide' }).click();
      await page.getByText('They are changed in the background.').waitFor();
      await page
        .getByText(`The picture is hidden, and ${COPIES + 1} pages were changed.`)
        .waitFor();
      for (const url of urls) expect((await fetch(url)).status).toBe(404);
      await page.getByText('No page shows it now.').waitFor();
    });
  });
}
