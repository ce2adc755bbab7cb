import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type {
  Act,
  Budget,
  Image,
  ImageDetail,
  Paged,
  PreGeneration,
  ShownPage,
  Status,
} from '../../admin/api/api-types.ts';
import { seedPool } from '../support/seeded-pool.ts';
import { type Service, startService } from '../support/start-service.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const TOKEN = 'a-token-for-what-stays-in-its-place';
/** So high that the whole of a view is seen: what moves below the screen does not count. */
const HEIGHT = 2400;
const SIZES: Readonly<Record<string, BrowserContextOptions>> = {
  wide: { viewport: { width: 1280, height: HEIGHT } },
  phone: { viewport: { width: 390, height: HEIGHT }, hasTouch: true, isMobile: true },
};

const chromium = inject('chromium');
if (chromium) {
  describe.each(Object.entries(SIZES))('the admin page on a %s screen moves nothing', (_, size) => {
    let folder: string;
    let service: Service;
    let empty: Service;
    let browser: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'cafe-steady-'));
      const full = path.join(folder, 'full');
      await seedPool(full, { count: 20, perDay: 10 });
      const env = { ADMIN_TOKEN: TOKEN, DAILY_GENERATION_BUDGET: '6', ADMIN_BUDGET_CEILING: '60' };
      [service, empty, browser] = await Promise.all([
        startService({ ...env, DATA_DIR: full }),
        startService({ ADMIN_TOKEN: TOKEN, DATA_DIR: path.join(folder, 'empty') }),
        launchChromium(chromium),
      ]);
      await visit('/posts/first');
      await visit('/posts/second');
    });

    afterAll(async () => {
      await browser?.close();
      await Promise.all([service?.stop(), empty?.stop()]);
      await rm(folder, { recursive: true });
    });

    async function visit(pagePath: string): Promise<void> {
      const answer = await fetch(`${service.url}/api/cafe/generate`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Real-IP': '129.175.15.11' },
        body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
      });
      expect(answer.status).toBe(200);
    }

    /** A tab with a session, before its first page. The test fails if anything in it moves. */
    async function openSteady({ url }: Service): Promise<Page> {
      const { page, complaints } = await openWatchedPage(browser, size);
      onTestFinished(() => expect(complaints).toEqual([]));
      const headers = { Origin: url };
      await page.request.post(`${url}/api/admin/session`, { data: { token: TOKEN }, headers });
      return page;
    }

    async function newestImage(): Promise<string> {
      const headers = { Authorization: `Bearer ${TOKEN}` };
      const answer = await fetch(`${service.url}/api/admin/images?limit=1`, { headers });
      const { items } = (await answer.json()) as Paged<Image>;
      return encodeURIComponent(items[0]!.id);
    }

    describe('while answers come one by one', () => {
      it.each(['', 'pictures', 'pages', 'accounts', 'activity', 'settings'])(
        'to /admin/%s',
        async (at) => {
          await arrivesSlowly(await openSteady(service), `${service.url}/admin/${at}`);
        },
      );

      it('to an account', async () => {
        const at = `${service.url}/admin/accounts/development`;
        await arrivesSlowly(await openSteady(service), at);
      });

      it('to a picture', async () => {
        const at = `${service.url}/admin/pictures/${await newestImage()}`;
        await arrivesSlowly(await openSteady(service), at);
      });

      it.each(['', 'pictures', 'pages', 'activity'])(
        'to /admin/%s, and there is nothing yet',
        async (at) => {
          await arrivesSlowly(await openSteady(empty), `${empty.url}/admin/${at}`);
        },
      );
    });

    describe('while', () => {
      it('pictures are bought, until the budget is used up', async () => {
        const page = await openSteady(service);
        const live = await makeLive(page, service);
        const day = [
          { used: 9, reserved: 0, remaining: 1, spent: 0.3, month: 9.96 },
          { used: 10, reserved: 1, remaining: 90, spent: 0.333, month: 10.29 },
          { used: 100, reserved: 12, remaining: 900, spent: 3.4, month: 123.45 },
          { used: 1000, reserved: 0, remaining: 0, spent: 34, month: 126.1 },
        ];
        for (const { used, reserved, remaining, spent, month } of day) {
          live.budget = {
            ...live.budget,
            used,
            reserved,
            remaining,
            limit: used + remaining,
            ceiling: 1000,
            configuredLimit: 10,
            opening: { pictures: used, nextAt: new Date(Date.now() + 90_000 * used).toISOString() },
            dollars: {
              today: { used: spent, limit: 40 },
              month: { used: month, limit: 200 },
              dearestPicture: 0.04,
            },
          };
          if (page.url() === 'about:blank') await page.goto(`${service.url}/admin/`);
          await page.locator('.gauge-number', { hasText: new RegExp(`^${used}$`) }).waitFor();
          await painted(page);
        }
        await page.getByText('Today’s budget is used up.').waitFor();
      });

      it('a limit in dollars is reached', async () => {
        const page = await openSteady(service);
        const live = await makeLive(page, service);
        const month = { used: 12, limit: 50 };
        live.budget.dollars = { today: { used: 1, limit: null }, month, dearestPicture: 0.04 };
        await page.goto(`${service.url}/admin/`);
        await page.getByText('$12.00').waitFor();
        month.used = 49.99;
        live.budget.stoppedBy = 'dollars_month';
        await page.getByText('The month’s limit in dollars').waitFor();
        await painted(page);
      });

      it('pictures are generated, and what the cafe depends on fails and is well again', async () => {
        const page = await openSteady(service);
        const live = await makeLive(page, service);
        await page.goto(`${service.url}/admin/`);
        await page.getByText('No picture is being generated.').waitFor();
        const at = ago(0);
        const uptimes = ['running for 9.0 s', 'running for 59 min 59 s', 'running for 23 h 59 min'];
        for (const [n, lastError] of [null, 'timeout', null].entries()) {
          live.status = {
            ...live.status,
            uptimeSeconds: [9, 3599, 86_399][n]!,
            running: Array.from({ length: 3 * n }, (_, one) => ({
              page: { type: 'article', path: `/posts/${'long-'.repeat(one)}${n}` },
              country: 'BA',
              startedAt: ago(1000 * 7 ** one),
            })),
            waiting: 7 * n,
            upstreams: live.status.upstreams.map((upstream) => ({
              ...upstream,
              since: at,
              state: lastError ? 'failing' : 'ok',
              lastError,
              lastErrorAt: lastError && at,
            })),
          };
          live.pending.items = Array.from({ length: 7 * n }, () => ({}) as Image);
          await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
          await page.getByText(uptimes[n]!).waitFor();
          if (n > 0) await page.getByText(`${7 * n} to review`).waitFor();
          await painted(page);
        }
      });

      it('what was done is longer ago', async () => {
        const page = await openSteady(service);
        const live = await makeLive(page, service);
        const act = (n: number, minutes: number): Act => ({
          id: `act-${n}`,
          action: 'hide_picture',
          subject: `picture-${n}`,
          actor: n === 0 ? 'token' : 'owner@blog.example',
          details: {},
          outcome: 'done',
          at: ago(minutes * 60_000),
        });
        live.activity = { items: [act(0, 0), act(1, 0)], nextCursor: null };
        await page.goto(`${service.url}/admin/activity`);
        await page.getByText('just now').first().waitFor();
        live.activity.items = [act(0, 1), act(1, 59)];
        await page.getByText('59 minutes ago').waitFor();
        await painted(page);
      });

      it('pages get other pictures, and a job makes more', async () => {
        const page = await openSteady(service);
        const live = await makeLive(page, service);
        const [known] = live.pages.items;
        const job = {
          id: 'job',
          startedAt: ago(0),
          endedAt: null,
          most: 100,
          there: 0,
          fellBack: 0,
          failed: 0,
          reason: null,
        };
        const change = (n: number, source: ShownPage['source'], minutes: number) => {
          live.pages.items = [{ ...known!, source, at: ago(minutes * 60_000) }];
          const done = { total: 1000, done: n, bought: n, spentMicroUsd: n * 34_000 };
          live.warming.job = { ...job, ...done, state: 'running' };
        };
        change(9, 'fallback', 0);
        await page.goto(`${service.url}/admin/pages`);
        await page.getByText('just now').waitFor();
        await page.getByText('Running: 9 of 1000 done').waitFor();
        change(10, 'own', 59);
        await page.getByText('59 minutes ago').waitFor();
        await page.getByText('Running: 10 of 1000 done').waitFor();
        live.warming.job = null;
        await page.getByText('so that readers do not have to wait').waitFor();
        await painted(page);
      });

      it('other pages show a picture', async () => {
        const page = await openSteady(service);
        const id = await newestImage();
        const live = await makeLive(page, service, id);
        const [known] = live.pages.items;
        const shownFor = (source: ShownPage['source'], minutes: number) => {
          live.image.shownOn = [{ ...known!, source, at: ago(minutes * 60_000) }];
        };
        shownFor('fallback', 0);
        await page.goto(`${service.url}/admin/pictures/${id}`);
        await page.getByText('just now').waitFor();
        shownFor('own', 59);
        await page.getByText('59 minutes ago').waitFor();
        await painted(page);
      });
    });
  });
}

/** Opens a view and lets each answer of the API through once the page has been painted without it. */
async function arrivesSlowly(page: Page, url: string): Promise<void> {
  const held: (() => void)[] = [];
  let isHolding = true;
  await page.route(/\/api\/admin\/(?!budget|session|events|images\/.*\.png)/, async (route) => {
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  await page.goto(url);
  const loading = page.locator('main :is(.skeleton, .bone, .cell.awaited):visible');
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await expect
    .poll(async () => {
      await painted(page);
      held.shift()?.();
      return held.length + (await loading.count());
    })
    .toBe(0);
  // A later request, such as for news, is answered as usual.
  isHolding = false;
  for (const release of held.splice(0)) release();
  await page.waitForLoadState('networkidle');
  await painted(page);
}

/** Answers of the API. */
interface Live {
  budget: Budget;
  status: Status;
  /** Pictures to review. */
  pending: Paged<Image>;
  activity: Paged<Act>;
  pages: Paged<ShownPage>;
  warming: PreGeneration;
  image: ImageDetail;
}

/**
 * Answers with what stands in the object, at first with what the service says, and tells the page of changes
 * all the time.
 */
async function makeLive(page: Page, { url }: Service, image = ''): Promise<Live> {
  const api = `${url}/api/admin`;
  const paths: Readonly<Record<keyof Live, string>> = {
    budget: '/budget',
    status: '/status',
    pending: '/images?state=pending',
    activity: '/activity',
    pages: '/pages',
    warming: '/warming',
    image: `/images/${image}`,
  };
  const names = Object.keys(paths) as (keyof Live)[];
  const answers = await Promise.all(
    names.map(async (name) => [name, await (await page.request.get(api + paths[name])).json()]),
  );
  const live = Object.fromEntries(answers) as Live;
  await page.route(`${api}/events`, (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: 'retry: 50\n\n' }),
  );
  for (const name of names) {
    const { pathname, searchParams } = new URL(api + paths[name]);
    const isAsked = (asked: URL) =>
      asked.pathname === pathname && asked.searchParams.get('state') === searchParams.get('state');
    await page.route(isAsked, (route) => route.fulfill({ json: live[name] }));
  }
  return live;
}

function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

/** Waits until the page has been drawn twice. */
async function painted(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}
