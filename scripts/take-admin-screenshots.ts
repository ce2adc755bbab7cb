/**
 * Takes the screenshots of `docs/admin.md`: starts a service in its own folder, with some weeks of history,
 * and opens every view of the admin in light and dark mode. Run `npm run build` first.
 * `npm run docs:admin-screenshots` takes all of them; with names, such as `overview warming`, only those.
 * Needs Chromium (`CHROMIUM`).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { startService } from '../tests/support/start-service.ts';
import { seedAccounts } from './documentation/seed-accounts.ts';
import { seedHistory } from './documentation/seed-history.ts';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const TOKEN = 'a-token-for-the-pictures-of-the-docs';
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
/** Wide enough for a page on GitHub. */
const WIDTH = 960;

interface Shot {
  name: string;
  /** The path after `/admin/`. */
  at: string;
  size?: keyof typeof SIZES;
  isSignedOut?: boolean;
  prepare?: (page: Page) => Promise<void>;
}

const data = await mkdtemp(path.join(tmpdir(), 'cafe-screenshots-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
await seedHistory(data);
await seedAccounts(data);
const [service, reviewed] = await Promise.all([
  startService({ ...environment(), DATA_DIR: data }),
  startService({ ...environment(), DATA_DIR: path.join(data, 'reviewed'), REVIEW: 'before' }),
]);
try {
  await warm(service.url, ['JP', 'FR', 'MX', null], 22);
  await warm(reviewed.url, ['IT', 'KR'], 9);
  const picture = await spendTheDay();
  const only = process.argv.slice(2);
  for (const shot of shots(picture)) {
    if (only.length > 0 && !only.includes(shot.name)) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      await take(browser, shot, colorScheme);
    }
  }
} finally {
  await browser.close();
  await Promise.all([service.stop(), reviewed.stop()]);
  await rm(data, { recursive: true });
}

function shots(picture: string): Shot[] {
  const openWarming = async (page: Page) => {
    await page.getByText('Pre-generate pictures').click();
    for (const country of ['IN', 'JP']) {
      await page.getByLabel('For readers from').selectOption(country);
    }
    await page.getByRole('button', { name: 'Estimate the cost' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  };
  return [
    { name: 'sign-in', at: '', isSignedOut: true },
    { name: 'overview', at: '' },
    { name: 'overview-phone', at: '', size: 'phone' },
    { name: 'pictures', at: 'pictures' },
    { name: 'pictures-phone', at: 'pictures', size: 'phone' },
    { name: 'picture', at: `pictures/${encodeURIComponent(picture)}` },
    { name: 'review', at: 'pictures?state=pending' },
    { name: 'pages', at: 'pages' },
    { name: 'warming', at: 'pages', prepare: openWarming },
    { name: 'account', at: 'accounts/blog' },
    { name: 'activity', at: 'activity' },
    { name: 'settings', at: 'settings' },
  ];
}

function environment(): Record<string, string> {
  return {
    ADMIN_TOKEN: TOKEN,
    DAILY_GENERATION_BUDGET: '30',
    ADMIN_BUDGET_CEILING: '60',
    CORS_ALLOWED_ORIGINS: 'https://blog.example',
  };
}

async function api<T>(url: string, method: string, at: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}/api/admin${at}`, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function warm(url: string, countries: (string | null)[], most: number): Promise<void> {
  await api(url, 'POST', '/warming', { source: 'sitemap', countries, most });
  for (;;) {
    const { job } = await api<{ job: { state: string } }>(url, 'GET', '/warming');
    if (job.state !== 'running') return;
    await wait(500);
  }
}

/** Fills the activity with one action of each kind. Returns the ID of a picture that a page shows. */
async function spendTheDay(): Promise<string> {
  const { url } = service;
  type Items = { items: { id: string; image: string }[] };
  const { items: old } = await api<Items>(url, 'GET', '/images?country=PT&limit=3');
  const { items: shown } = await api<Items>(url, 'GET', '/pages?country=JP&search=slow-train');
  const [hidden = { id: '' }, pinned = { id: '' }] = old;
  const page = { type: 'article', path: '/posts/the-slow-train', country: 'MX' };
  await api(url, 'POST', `/images/${hidden.id}/hide`);
  await api(url, 'PUT', '/pages/image', { ...page, image: pinned.id });
  await api(url, 'POST', '/pages/rebrew', { ...page, country: 'FR' });
  await api(url, 'POST', '/generation/pause');
  await api(url, 'POST', '/generation/resume');
  await api(url, 'PUT', '/budget', { limit: 40 });
  return shown[0]?.image ?? pinned.id;
}

async function take(
  chromium: Browser,
  { name, at, size = 'desktop', isSignedOut, prepare }: Shot,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const { url } = name === 'review' ? reviewed : service;
  const context = await chromium.newContext({
    colorScheme,
    viewport: SIZES[size],
    isMobile: size === 'phone',
    hasTouch: size === 'phone',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  if (!isSignedOut) {
    const headers = { Origin: url };
    await page.request.post(`${url}/api/admin/session`, { data: { token: TOKEN }, headers });
  }
  await page.goto(`${url}/admin/${at}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await prepare?.(page);
  await page.waitForTimeout(2500);
  const shot = sharp(await page.screenshot());
  const file = `${FOLDER}admin-${name}-${colorScheme}.webp`;
  await writeFile(
    file,
    await shot.resize({ width: WIDTH, withoutEnlargement: true }).webp({ quality: 72 }).toBuffer(),
  );
  await context.close();
}
