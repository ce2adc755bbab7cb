import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { seedPool } from '../../support/seeded-pool.ts';
import { type Service, startService } from '../../support/start-service.ts';
import { launchChromium } from '../../support/watched-page.ts';

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
      await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
      // By its id: to look for names as a screen reader does would be a long task of its own.
      const last = `.cell[data-id*="${(PICTURES - 1).toString(16).padStart(12, '0')}"]`;
      const look = () =>
        page.evaluate(
          (selector) => [
            document.getElementsByTagName('*').length,
            Number(document.querySelector(selector) !== null),
          ],
          last,
        );
      let mostNodes = 0;
      for (let isAtEnd = 0, n = 0; !isAtEnd && n < 20_000; n += 1) {
        await page.mouse.wheel(0, 700);
        if (n % 20 !== 0) continue;
        const [nodes = 0, found = 0] = await look();
        mostNodes = Math.max(mostNodes, nodes);
        isAtEnd = found;
      }
      await page.locator(last).waitFor();
      const tasks = mainThreadTasks(await browser.stopTracing());
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      const measured = {
        firstScreensMs: firstScreens.map(Math.round),
        longTasks: tasks.filter((ms) => ms > MOST.longTaskMs).length,
        longestTaskMs: Math.round(tasks.reduce((most, ms) => Math.max(most, ms), 0)),
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

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Of the processor, in microseconds; a machine that is busy otherwise does not count. */
  tdur?: number;
  args: { name?: string };
}

/** How long the page's own thread was at each task, in milliseconds of the processor. */
function mainThreadTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isName = ({ name, args }: TraceEvent) =>
    name === 'thread_name' && args.name === 'CrRendererMain';
  const threads = new Set(traceEvents.filter(isName).map(threadOf));
  const durations = traceEvents.flatMap((event) =>
    threads.has(threadOf(event)) && event.tdur !== undefined ? [event.tdur / 1000] : [],
  );
  if (durations.length === 0) throw new Error('the trace tells of no task');
  return durations;
}
