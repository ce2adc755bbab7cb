import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { gapsInElement, readEmbedFiles } from '../../src/app/http/files/embed-assets.ts';
import { openBlog, PLACE_KEPT, until } from '../support/open-blog.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { startService } from '../support/start-service.ts';
import { launchChromium, openWatchedPage } from '../support/watched-page.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const BUILT = path.join(ROOT, 'bytesized-cafe-app');
/** Bytes of brotli that the element may cost a reader: the entry, and the blur of a picture. */
const MAX_BYTES = 7168;

/** Paths of all built files, with forward slashes. */
async function builtFiles(folder = BUILT): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'));
}

const built = (name: string) => readFile(path.join(BUILT, name));

describe('the published element', () => {
  it('R0-040, R0-042: has its entries, its declarations and its manifest in the site’s folder', async () => {
    expect(await builtFiles()).toEqual(
      expect.arrayContaining([
        'cafe-image.js',
        'platforms/browser.js',
        'index.js',
        'custom-elements.json',
        'types/cafe-image.d.ts',
        expect.stringMatching(/^assets\/[\w-]+-[\w-]{8}\.js$/),
      ]),
    );
  });

  it(`costs a reader at most ${MAX_BYTES} bytes`, async () => {
    const scripts = (await builtFiles()).filter((name) =>
      /^cafe-image\.js$|thumbhash.*\.js$/.test(name),
    );
    const sizes = await Promise.all(
      scripts.map(async (name) => brotliCompressSync(await built(name)).length),
    );
    expect(sizes).toHaveLength(2);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('has nothing in it that a strict policy refuses, or that is for developers', async () => {
    const text = String(await built('cafe-image.js'));
    expect(text).not.toMatch(/\beval\(|new Function|innerHTML|dev mode|sourceMappingURL/);
  });

  it('is built for production, whatever the shell says, as every script goes the same way', async () => {
    const { scripts } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    expect(Object.values(scripts).filter((script) => /\bvite\b/.test(String(script)))).toEqual([]);
    expect(scripts.build).toContain('scripts/build-missing.ts --all');
  });

  it('has no names that blockers look for', async () => {
    const names = [...(await builtFiles()), String(await built('custom-elements.json'))].join('\n');
    expect(names).not.toMatch(/(^|[/"_-])(ads?|banner|track\w*|analytics|promo|sponsor)\b/im);
  });

  it('asks the API that the site was built with', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'cafe-element-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await promisify(execFile)(
      'npx',
      [
        'vite',
        'build',
        '--config',
        'vite.embed.config.ts',
        '--outDir',
        folder,
        '--logLevel',
        'warn',
      ],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          NODE_ENV: 'production',
          BYTESIZED_CAFE_API_URL: 'https://cafe.example',
        },
      },
    );
    const text = await readFile(path.join(folder, 'cafe-image.js'), 'utf8');
    expect(text).toContain('https://cafe.example');
    expect(text).not.toContain('DEFAULT_API_URL');
  });
});

describe('/bytesized-cafe-app/*', () => {
  const at = (name: string) => `/bytesized-cafe-app/${name}`;

  it('R0-041, R0-042: serves every built file under its own name, to any origin', async () => {
    const { url } = await openTestCafe();
    for (const name of await builtFiles()) {
      const response = await fetch(url + at(name), { headers: { Origin: 'https://any.example' } });
      expect([name, response.status]).toEqual([name, 200]);
      expect(Buffer.from(await response.arrayBuffer()).equals(await built(name))).toBe(true);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'content-type': expect.stringMatching(
          name.endsWith('.js')
            ? /^text\/javascript; charset=utf-8$/
            : /^(text\/plain; charset=utf-8|application\/json)/,
        ),
        'cache-control': name.startsWith('assets/')
          ? 'public, max-age=31536000, immutable'
          : 'public, max-age=3600, stale-while-revalidate=86400',
      });
    }
  });

  it('sends it small, and not at all to who has it', async () => {
    const { url } = await openTestCafe();
    const get = (headers: Record<string, string>) => fetch(url + at('cafe-image.js'), { headers });
    const small = await get({ 'Accept-Encoding': 'gzip, br' });
    const plain = await get({ 'Accept-Encoding': 'identity' });
    expect([small.headers.get('content-encoding'), small.headers.get('vary')]).toEqual([
      'br',
      'Accept-Encoding',
    ]);
    expect(plain.headers.get('content-encoding')).toBe(null);
    expect(await small.text()).toBe(await plain.text());

    const etag = small.headers.get('etag') ?? '';
    expect(etag).not.toBe(plain.headers.get('etag'));
    const again = await get({
      'Accept-Encoding': 'br',
      'If-None-Match': etag,
      // Node's fetch asks for a fresh copy otherwise.
      'Cache-Control': 'max-age=0',
    });
    expect([again.status, again.headers.get('access-control-allow-origin')]).toEqual([304, '*']);
  });

  it.each(['', 'x.js', '../package.json', '..%2fpackage.json', 'cafe-image.js/'])(
    'knows nothing at %j',
    async (name) => {
      const { send } = await openTestCafe();
      expect((await send(at(name))).status).toBe(404);
    },
  );

  it('has a word for the log where the element is not built', async () => {
    expect(gapsInElement(await readEmbedFiles(path.join(ROOT, 'no-such-folder')))).toEqual([
      expect.stringContaining('bytesized-cafe-app/ is not built'),
    ]);
    expect(gapsInElement(await readEmbedFiles(BUILT))).toEqual([]);
  });

  it('lets the blog’s script see when to ask again', async () => {
    const { ask } = await openTestCafe({ env: { DAILY_GENERATION_BUDGET: '0' } });
    const { status, headers } = await ask('/posts/a');
    expect([status, headers.get('access-control-expose-headers')]).toEqual([503, 'Retry-After']);
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('in a page', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    it('asks the cafe that its script came from, and shows what it painted, on another origin', async () => {
      let html = '';
      const blog = await serveFetch(
        async () => new Response(html, { headers: { 'Content-Type': 'text/html' } }),
      );
      const data = await mkdtemp(path.join(tmpdir(), 'cafe-element-'));
      const cafe = await startService({ DATA_DIR: data, CORS_ALLOWED_ORIGINS: blog.url });
      onTestFinished(async () => {
        await Promise.all([blog.close(), cafe.stop()]);
        await rm(data, { recursive: true });
      });
      html = `<link rel="icon" href="data:,">
        <script type="module" src="${cafe.url}/bytesized-cafe-app/cafe-image.js"></script>
        <cafe-image></cafe-image>`;
      const { page, complaints } = await openWatchedPage(browser);
      await page.goto(`${blog.url}/posts/real`);
      await until(page, 'loaded');
      const image = page.getByRole('img', { name: /^A dish popular / });
      expect(await image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
      // The element is 512 pixels wide.
      const file = await image.evaluate((one: HTMLImageElement) => one.currentSrc);
      expect(file).toMatch(/\/generated\/v2\/\d{4}\/.*\.768\.webp$/);
      expect(await image.getAttribute('src')).toMatch(/\/article\/posts\/real-[a-z-]+\.png$/);
      expect(complaints).toEqual([]);
    });

    it('is what its manifest says', async () => {
      const manifest = JSON.parse(String(await built('custom-elements.json')));
      const [declared] = manifest.modules[0].declarations;
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<cafe-image caption>Nothing</cafe-image>',
      });
      // A ThumbHash, so that every part is there.
      cafe.details = { placeholder: '3OcRJYB4d3h/iIeHeEh3eIhw+j2w' };
      await visit('/posts/a');
      await until(page, 'loaded');
      await page.locator('cafe-image canvas').waitFor();
      const real = await page.locator('cafe-image').evaluate((element) => {
        const { observedAttributes, elementProperties } = customElements.get(
          'cafe-image',
        ) as never as {
          observedAttributes: string[];
          elementProperties: Map<string, unknown>;
        };
        const sheets = element.shadowRoot?.adoptedStyleSheets ?? [];
        const css = sheets
          .flatMap(({ cssRules }) => [...cssRules].map((rule) => rule.cssText))
          .join();
        return {
          attributes: observedAttributes,
          fields: [...elementProperties.keys()],
          parts: [...(element.shadowRoot?.querySelectorAll('[part]') ?? [])].map((one) =>
            one.getAttribute('part'),
          ),
          slots: [...(element.shadowRoot?.querySelectorAll('slot') ?? [])].map(({ name }) => name),
          properties: [...new Set(css.match(/--[\w-]+/g))],
          reload: 'reload' in element,
        };
      });
      const names = (list: { name: string }[]) => list.map(({ name }) => name).toSorted();
      const fields = declared.members.filter(({ kind }: { kind: string }) => kind === 'field');
      expect(names(declared.attributes)).toEqual(real.attributes.toSorted());
      expect(names(fields)).toEqual(real.fields.toSorted());
      expect(
        declared.attributes.map((one: { fieldName: string }) => one.fieldName).toSorted(),
      ).toEqual(real.fields.toSorted());
      expect(names(declared.cssParts)).toEqual(real.parts.toSorted());
      expect(names(declared.slots)).toEqual(real.slots);
      expect(names(declared.cssProperties)).toEqual(real.properties.toSorted());
      expect(real.reload).toBe(true);
      expect(names(declared.events)).toEqual(
        [
          ...new Set(String(await built('cafe-image.js')).match(/cafe-image-(load|error)/g)),
        ].toSorted(),
      );
    });

    describe('by platforms/browser.js', () => {
      const scripts = ['platforms/browser.js'];
      const mount = (attributes: string, content = '') =>
        `<div data-cafe-image ${attributes}>${content}</div>`;

      it('R0-001, R0-094: fills the mount form, and follows its attributes', async () => {
        const body = mount('data-page-path="/posts/m" data-page-type="archive"');
        const { page, cafe, visit } = await openBlog(browser, { body, scripts });
        await visit('/anywhere');
        await until(page, 'loaded');
        await page.locator('[data-cafe-image]').evaluate((place) => {
          place.setAttribute('data-page-path', '/posts/n');
          place.removeAttribute('data-page-type');
        });
        await expect.poll(() => cafe.asked).toEqual(['archive /posts/m', 'article /posts/n']);
        await until(page, 'loaded');
      });

      it('R0-094: fills the place of a page that was written for the app before it', async () => {
        const body = `<div id="bytesized-cafe-app" data-api-url="" data-page-path="/posts/old"
          data-page-type="article" data-started="ordered" data-state="idle"><p>Preparing</p></div>`;
        const { page, cafe, cafeUrl, visit } = await openBlog(browser, {
          body,
          scripts: [],
          bypassCSP: true,
        });
        await visit('/anywhere');
        await page.addScriptTag({
          type: 'module',
          content: `import { init } from '${cafeUrl}/bytesized-cafe-app/index.js'; void init();`,
        });
        await until(page, 'loaded');
        expect(cafe.asked).toEqual(['article /posts/old']);
      });

      it('asks where data-api-url says', async () => {
        const other = await openBlog(browser);
        const { page, cafe, visit } = await openBlog(browser, {
          body: mount(`data-api-url="${other.cafeUrl}/api/cafe/generate"`),
          scripts,
          bypassCSP: true,
        });
        await visit('/posts/a');
        await until(page, 'loaded');
        expect([cafe.asked, other.cafe.asked]).toEqual([[], ['article /posts/a']]);
      });

      it('fills places that come later, none twice, and asks once for all', async () => {
        const body = [mount(''), mount(''), '<cafe-image></cafe-image>'].join('');
        const css = 'cafe-image { width: 100px }';
        const { page, cafe, visit } = await openBlog(browser, { body, css, scripts });
        await visit('/posts/a');
        await until(page, 'loaded', 3);
        await page.evaluate(() => {
          const section = document.createElement('section');
          section.append(document.querySelector('[data-cafe-image]')?.cloneNode(true) ?? '');
          document.body.append(section);
        });
        await until(page, 'loaded', 4);
        expect(cafe.asked).toEqual(['article /posts/a']);
      });

      it('shows what the place held where there is no picture', async () => {
        const body = `${mount('data-caption', '<b id="instead">No dish today.</b>')}<p>Below</p>`;
        const { page, cafe, visit } = await openBlog(browser, {
          body,
          scripts,
          css: PLACE_KEPT,
          allowed: /status of 500|^<cafe-image>/,
        });
        cafe.answer = () => new Response('', { status: 500 });
        await visit('/posts/a');
        await until(page, 'failed');
        expect(await page.locator('#instead').isVisible()).toBe(true);
      });
    });
  });
}
