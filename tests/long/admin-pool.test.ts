import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { seedPool } from '../support/seeded-pool.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium } from '../support/watched-page.ts';

const TOKEN = 'a-token-for-ten-thousand-pictures';
const PICTURES = 10_000;
const MOST = { firstScreenMs: 1000, longTaskMs: 50, nodes: 2500, heapMb: 40 };

const chromium = inject('chromium');
if (chromium) {
  describe('a pool of ten thousand pictures in the admin page', () => {
    let folder: string;
    let service: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-10k-'));
      await seedPool(folder, { count: PICTURES, perDay: 100, side: 96 });
      const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN };
      [service, browser] = await Promise.all([startService(env), launchChromium(chromium)]);
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await rm(folder, { recursive: true });
    });

    async function open() {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      const headers = { Origin: service.url };
      const session = `${service.url}/api/admin/session`;
      await page.request.post(session, { data: { token: TOKEN }, headers });
      return page;
    }

    it('has its first screen of pictures within a second, and is scrolled without a long task', async () => {
      const page = await open();
      await page.goto(`${service.url}/admin/settings`);
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      // The best of three: what else the machine does is not what is measured.
      const firstScreens: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        await page.goto(`${service.url}/admin/pictures`);
        const ms = await page.evaluate(async () => {
          const isShown = () => {
            const images = [...document.querySelectorAll<HTMLImageElement>('.cell img')];
            const seen = images.filter((image) => image.getBoundingClientRect().top < innerHeight);
            return seen.length > 10 && seen.every((image) => image.naturalWidth > 0);
          };
          while (!isShown()) await new Promise(requestAnimationFrame);
          return performance.now();
        });
        firstScreens.push(ms);
      }

      const session = await page.context().newCDPSession(page);
      await page.evaluate(() => {
        const tasks: number[] = [];
        Object.assign(window, { tasks });
        new PerformanceObserver((list) => {
          tasks.push(...list.getEntries().map(({ duration }) => duration));
        }).observe({ type: 'longtask' });
      });
      const last = page.getByRole('gridcell', { name: ` for /posts/${PICTURES - 1},` });
      let mostNodes = 0;
      for (let n = 0; n < 1500 && (await last.count()) === 0; n += 1) {
        await page.mouse.wheel(0, 700);
        if (n % 20 === 0) {
          const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
          mostNodes = Math.max(mostNodes, nodes);
        }
      }
      await last.waitFor();
      const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      const measured = {
        firstScreensMs: firstScreens.map(Math.round),
        longTasks: tasks.length,
        longestTaskMs: Math.max(0, ...tasks),
        mostNodes,
        heapMb: Math.round(usedSize / 1e5) / 10,
      };
      process.stdout.write(`ten thousand pictures: ${JSON.stringify(measured)}\n`);
      expect(Math.min(...firstScreens)).toBeLessThan(MOST.firstScreenMs);
      expect(mostNodes).toBeLessThan(MOST.nodes);
      expect(measured.heapMb).toBeLessThan(MOST.heapMb);
      expect(measured.longestTaskMs).toBeLessThanOrEqual(MOST.longTaskMs);
    });
  });
}
