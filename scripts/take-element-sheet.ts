/**
 * Draws the contact sheet `docs/images/element-parents.webp`: the element in five kinds of parent, at three
 * widths, in light and dark mode, with only the README's rules. `CHROMIUM` is the browser's path.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { SketchImageGenerator } from '../src/adapters/image-generator/sketch.ts';
import { blogSnippet } from '../src/app/blog-snippet.ts';

const ROOT = path.join(import.meta.dirname, '..');
const WIDTHS = [240, 320, 600];
const PARENTS = {
  'flex row': 'display: flex',
  'flex column': 'display: flex; flex-direction: column; align-items: flex-start',
  grid: 'display: grid; grid-template-columns: auto',
  float: 'float: left',
  'inline block': 'display: inline-block',
};
const ORIGIN = 'https://blog.example';
const { styles } = blogSnippet({ service: ORIGIN, type: 'article' });

const { bytes } = await new SketchImageGenerator().generate({
  prompt: 'a dish popular in France',
  seed: 'contact sheet',
  reservedMicroUsd: 0,
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

function cell(parent: string, width: number): string {
  return `<section style="width: ${width}px"><h2>${parent}, ${width} px</h2>
    <div style="${PARENTS[parent as keyof typeof PARENTS]}"><cafe-image caption loading="eager"></cafe-image></div></section>`;
}

async function sheet(colorScheme: 'light' | 'dark'): Promise<Buffer> {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1240, height: 900 } });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.startsWith('/bytesized-cafe-app/')) {
      await route.fulfill({ path: path.join(ROOT, pathname), contentType: 'text/javascript' });
    } else if (pathname.endsWith('.png')) {
      await route.fulfill({ body: Buffer.from(bytes), contentType: 'image/png' });
    } else if (pathname === '/api/cafe/generate') {
      const country = { code: 'FR', name: 'France' };
      await route.fulfill({ json: { url: `${ORIGIN}/a.png`, country, model: 'sketch', alt: '' } });
    } else {
      const rows = Object.keys(PARENTS).map(
        (parent) => `<main>${WIDTHS.map((width) => cell(parent, width)).join('')}</main>`,
      );
      await route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><style>${styles}
          :root { color-scheme: light dark; font: 16px/1.5 "Liberation Sans", sans-serif }
          main { display: flex; gap: 20px; align-items: flex-start; margin-bottom: 12px }
          section { display: flow-root; background: light-dark(#eef1f6, #1b2230) }
          h2 { margin: 0; font-size: 13px }</style>
          <script type="module" src="/bytesized-cafe-app/cafe-image.js"></script>${rows.join('')}`,
      });
    }
  });
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme });
  await page.goto(`${ORIGIN}/posts/a`);
  const loaded = page.locator('cafe-image[status=loaded]');
  await loaded.nth(WIDTHS.length * Object.keys(PARENTS).length - 1).waitFor();
  return page.screenshot({ fullPage: true });
}

const sheets = [await sheet('light'), await sheet('dark')];
await browser.close();
const { width = 0, height = 0 } = await sharp(sheets[0]).metadata();
const file = path.join(ROOT, 'docs/images/element-parents.webp');
await sharp({ create: { width: width * 2, height, channels: 3, background: '#fff' } })
  .composite(sheets.map((input, at) => ({ input, left: at * width, top: 0 })))
  .png()
  .toBuffer()
  .then((both) => sharp(both).resize({ width: 1240 }).webp({ quality: 60 }).toFile(file));
process.stdout.write(`Wrote ${file}, ${(await readFile(file)).length} bytes.\n`);
