/**
 * Takes the screenshots of the demo blog. Run `npm start`, and in another shell
 * `npm run docs:screenshots`. Needs Chromium (`CHROMIUM`); `BLOG_URL` selects another blog.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import sharp from 'sharp';

const BLOG = process.env.BLOG_URL ?? 'http://localhost:8080';
const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } };

/** An address in Japan. The service finds the country. */
const READER = { 'X-Real-IP': '133.11.0.1' };

interface Shot {
  size: keyof typeof SIZES;
  colorScheme: 'light' | 'dark';
  /** The picture, or the drawing before it. */
  state: 'dish' | 'busy';
}

const SHOTS: Shot[] = [
  { size: 'desktop', colorScheme: 'light', state: 'dish' },
  { size: 'desktop', colorScheme: 'dark', state: 'busy' },
  { size: 'phone', colorScheme: 'light', state: 'busy' },
  { size: 'phone', colorScheme: 'dark', state: 'dish' },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const shot of SHOTS) await take(browser, shot);
await browser.close();

async function take(chromium: Browser, { colorScheme, size, state }: Shot): Promise<void> {
  const viewport = SIZES[size];
  const context = await chromium.newContext({ colorScheme, viewport, extraHTTPHeaders: READER });
  const page = await context.newPage();
  // The drawing stays while there is no response.
  if (state === 'busy') await page.route('**/api/cafe/generate*', () => {});
  await page.goto(`${BLOG}/posts/your-lunch-is-not-my-lunch/`);
  // The bar is not part of the blog but looks like it.
  await page.locator('.development-bar').evaluate((bar) => bar.remove());
  if (state === 'dish') await page.locator('cafe-image[status="loaded"]').waitFor();
  await page.waitForTimeout(1500);
  const file = `${FOLDER}${size}-${colorScheme}-${state}.webp`;
  await writeFile(
    file,
    await sharp(await page.screenshot())
      .webp({ quality: 80 })
      .toBuffer(),
  );
  await context.close();
}
