import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ADMIN_TOKEN, openAdminTab, signInWith } from '../support/admin-tab.ts';
import { openNginx } from '../support/nginx-stand-in.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium } from '../support/watched-page.ts';

/** A name that is not this machine's own: browsers trust `localhost` without TLS. */
const HOST = 'cafe.test';
/** Longer than the page waits for its stream of events. */
const PATIENTLY = { timeout: 120_000 };

const chromium = inject('chromium');
describe.skipIf(!chromium)('the admin page behind a proxy', PATIENTLY, () => {
  let folder: string;
  let development: Service;
  let production: Service;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cafe-proxied-admin-'));
    const rules = `--host-resolver-rules=MAP ${HOST} 127.0.0.1`;
    [development, production, browser] = await Promise.all([
      startService({ ADMIN_TOKEN, DATA_DIR: path.join(folder, 'data') }),
      startService({
        NODE_ENV: 'production',
        ADMIN_TOKEN,
        IMAGE_STORE: 'memory',
        IMAGE_GENERATOR: 'sketch',
        GEO_LOCATOR: 'none',
        PUBLIC_IMAGE_BASE_URL: 'https://cafe.example/images',
      }),
      launchChromium(chromium ?? '', [rules]),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([development?.stop(), production?.stop()]);
    await rm(folder, { recursive: true });
  });

  it('is live behind nginx with its defaults', async () => {
    const page = await openAdminTab(browser, await openNginx(development.url));
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor(PATIENTLY);
  });

  it('says that it cannot connect where a proxy holds every stream back', async () => {
    const nginx = await openNginx(development.url, { buffersAll: true });
    const page = await openAdminTab(browser, nginx);
    await page.getByRole('region', { name: 'No live updates' }).waitFor(PATIENTLY);
    await page.getByRole('status').getByText('No live updates').waitFor();
  });

  it('says that the browser kept no session, and why, over plain http in production', async () => {
    const url = production.url.replace('localhost', HOST);
    const page = await openAdminTab(browser, url, {
      signsIn: false,
      allowed: /cookie|Cross-Origin/i,
    });
    await signInWith(page, ADMIN_TOKEN);
    const problem = page.getByRole('alert').getByText('plain http');
    await problem.waitFor(PATIENTLY);
    expect(await problem.textContent()).toContain(`https://${new URL(url).host}/admin/`);
    expect(production.output()).toContain('will drop the session cookie');
  });
});
