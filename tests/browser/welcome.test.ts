import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['scripts/build-missing.ts'], { cwd: ROOT });
});

describe('the built welcome page', () => {
  it('has nothing inline and names no other origin', async () => {
    const html = await readFile(path.join(ROOT, 'dist/demo/index.html'), 'utf8');
    expect(html).not.toMatch(
      /<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|\b(src|href)="http/i,
    );
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('the welcome page', { timeout: 60_000 }, () => {
    let data: string;
    let service: Service;
    let browser: Browser;

    beforeAll(async () => {
      data = await mkdtemp(path.join(tmpdir(), 'cafe-welcome-'));
      const env = { DATA_DIR: data, DAILY_GENERATION_BUDGET: '100' };
      [service, browser] = await Promise.all([startService(env), launchChromium(chromium)]);
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await rm(data, { recursive: true });
    });

    /** The page, of which a test only has to say what it may complain of. */
    async function visit(options?: BrowserContextOptions, allowed = /^$/): Promise<Page> {
      const { page, complaints } = await openWatchedPage(browser, options);
      onTestFinished(() => {
        expect(complaints.filter((complaint) => !allowed.test(complaint))).toEqual([]);
      });
      await page.goto(service.url);
      await page.getByText(`filesystem, ${data}`).waitFor();
      return page;
    }

    it('brings a picture that decodes, and says where it came from', async () => {
      const page = await visit();
      await order(page, { path: '/posts/first', reader: 'France' });
      expect(await picture(page)).toEqual({ width: 1024, height: 1024, alt: expect.any(String) });
      expect(await docket(page)).toMatchObject({
        source: 'generated just now',
        country: 'France',
        time: expect.stringMatching(/^[\d,]+ ms$/),
        url: expect.stringContaining('/posts/first-france.png'),
      });
    });

    it('says of the second order that it came from the stable key, which made no new one', async () => {
      const page = await visit();
      await order(page, { path: '/posts/twice', reader: 'Italy' });
      const first = await docket(page);
      const kept = await readdir(data, { recursive: true });

      await order(page);
      expect(await docket(page)).toMatchObject({ source: 'kept from before', url: first.url });
      expect(await readdir(data, { recursive: true })).toHaveLength(kept.length);
      expect(await page.locator('#places button').allInnerTexts()).toEqual([
        expect.stringMatching(/^Italy\s*×2$/),
      ]);
    });

    it('brings another picture to another country', async () => {
      const page = await visit();
      await order(page, { path: '/posts/abroad', reader: 'Japan' });
      const japanese = await docket(page);
      await order(page, { reader: 'Mexico' });
      const mexican = await docket(page);

      expect(japanese.country).toBe('Japan');
      expect(mexican.country).toBe('Mexico');
      const [one, other] = await Promise.all([japanese, mexican].map(({ url }) => bytes(url)));
      expect(one?.equals(other ?? Buffer.of())).toBe(false);
    });

    it('puts a dish of tonight’s table back on the plate', async () => {
      const page = await visit();
      await order(page, { path: '/posts/again', reader: 'India' });
      const indian = await docket(page);
      await order(page, { reader: 'Brazil' });
      await page.locator('#places button').first().click();
      await expect.poll(() => docket(page)).toEqual(indian);
    });

    it('takes an example page with one click, and keeps the line for a shell in step', async () => {
      const page = await visit();
      await page.getByRole('button', { name: '/page/2' }).click();
      await page.getByLabel('Nigeria').check();
      expect(await page.getByLabel('archive').isChecked()).toBe(true);
      expect(await page.locator('#curl').innerText()).toMatch(
        /X-Real-IP: 197\..*"pagePath": "\/page\/2",\s+"pageType": "archive"/s,
      );
    });

    it('shows what the cafe says of an invalid path, and recovers', async () => {
      const page = await visit({}, /status of 400/);
      await order(page, { path: '/posts/../secret' }, 'sorry');
      const apology = await page.getByRole('alert').innerText();
      expect(apology).toMatch(/pagePath must not have '\.\.' segments\.\s+invalid_page\s+request /);
      await order(page, { path: '/posts/corrected' });
      expect(await picture(page)).toMatchObject({ width: 1024 });
    });

    it('says when nobody answers, and recovers', async () => {
      const page = await visit({}, /ERR_INTERNET_DISCONNECTED/);
      await page.context().setOffline(true);
      await order(page, { path: '/posts/offline' }, 'sorry');
      expect(await page.getByRole('alert').innerText()).toContain('does not answer');

      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Try again' }).click();
      await settled(page, 'served');
      expect(await picture(page)).toMatchObject({ width: 1024 });
    });

    it('says when the picture cannot be loaded, and recovers', async () => {
      const page = await visit({}, /ERR_FAILED/);
      await page.route('**/images/**', (route) => route.abort(), { times: 1 });
      await order(page, { path: '/posts/unseen' }, 'sorry');
      expect(await page.getByRole('alert').innerText()).toContain('could not be loaded');
      await page.getByRole('button', { name: 'Try again' }).click();
      await settled(page, 'served');
    });

    it('works by keyboard alone', async () => {
      const page = await visit();
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('pagePath');
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type('/posts/typed');
      await tab(page, 4);
      expect(await focused()).toBe('pageType');
      await page.keyboard.press('ArrowRight');
      await tab(page, 1);
      expect(await focused()).toBe('reader');
      await page.keyboard.press('ArrowRight');
      await tab(page, 1);
      await page.keyboard.press('Enter');
      await settled(page, 'served');
      expect((await docket(page)).url).toContain('/archive/posts/typed-brazil.png');

      await tab(page, 2);
      await page.keyboard.press('Enter');
      await settled(page, 'served');
      expect(await page.evaluate(() => document.activeElement?.ariaCurrent)).toBe('true');
    });

    it('fits a phone, and brings the plate into view', async () => {
      const page = await visit(PHONE);
      await order(page, { path: '/posts/on-a-phone', reader: 'Thailand' });
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      expect(await width()).toBe(360);
      await expect
        .poll(() => page.locator('#plate').evaluate((plate) => plate.getBoundingClientRect()))
        .toSatisfy(({ top, bottom }: DOMRect) => top >= 0 && bottom <= 740);
    });

    it('moves nothing for those who asked for it', async () => {
      const page = await visit({ reducedMotion: 'reduce' });
      const running = () => page.evaluate(() => document.getAnimations().length);
      const kitchen = Promise.withResolvers<void>();
      await page.route('**/generate*', async (route) => {
        await kitchen.promise;
        await route.continue();
      });
      await page.getByRole('button', { name: 'Bring me a dish' }).click();
      await page.locator('#plate[data-state=busy]').waitFor();
      expect(await running()).toBe(0);
      kitchen.resolve();
      await settled(page, 'served');
      expect(await running()).toBe(0);
    });
  });
}

type PlateState = 'served' | 'sorry';

async function order(
  page: Page,
  { path, reader }: { path?: string; reader?: string } = {},
  end: PlateState = 'served',
): Promise<void> {
  if (path) await page.getByLabel('The page').fill(path);
  if (reader) await page.getByLabel(reader, { exact: true }).check();
  await page.getByRole('button', { name: 'Bring me a dish' }).click();
  await settled(page, end);
}

function settled(page: Page, state: PlateState) {
  return page.locator(`#plate[data-state=${state}][aria-busy=false]`).waitFor();
}

function picture(page: Page) {
  return page.locator('#plate img').evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight, alt: image.alt };
  });
}

async function docket(page: Page): Promise<Record<'source' | 'country' | 'time' | 'url', string>> {
  const [source = '', country = '', time = '', url = ''] = await page
    .locator('#docket [data-of]')
    .allInnerTexts();
  return { source, country, time, url };
}

async function bytes(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

async function tab(page: Page, times: number): Promise<void> {
  for (let pressed = 0; pressed < times; pressed += 1) await page.keyboard.press('Tab');
}
