import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { rgbaToThumbHash } from 'thumbhash';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { altOf, captionOf, ENGLISH } from '../../embed/words.ts';
import {
  type Blog,
  type BlogOptions,
  openBlog,
  PLACE_KEPT,
  pictures,
  until,
} from '../support/open-blog.ts';
import { launchChromium } from '../support/watched-page.ts';

const dish = { url: '/x.png', country: { code: 'DE', name: 'Germany' } };

describe('what is said of a picture', () => {
  it.each([
    [dish, '', 'Germany'],
    [dish, 'de', 'Deutschland'],
    [dish, 'no such language', 'Germany'],
    [{ url: '/x.png', country: { code: '??', name: 'Atlantis' } }, 'de', 'Atlantis'],
    [{ url: '/x.png', country: null }, 'de', 'Somewhere in the world'],
    [{ url: '/x.png' }, '', 'Somewhere in the world'],
  ])('names the place of %j in %j', (what, lang, place) => {
    expect(captionOf(what, lang, ENGLISH, false)).toEqual([place, 'imagined by AI']);
  });

  it.each([
    [undefined, 'imagined by AI'],
    ['gpt-image-2', 'imagined by AI'],
    ['sketch', 'drawn by the sketch generator'],
  ])('says how a picture of the model %s was made', (model, note) => {
    const what = model === undefined ? dish : { ...dish, model };
    expect(captionOf(what, '', ENGLISH, false)).toEqual(['Germany', note]);
  });

  it('takes the cafe’s alternative text, or the author’s', () => {
    expect(altOf({ ...dish, alt: 'A dish' }, '', ENGLISH)).toBe('A dish');
    expect(altOf(dish, '', ENGLISH)).toBe('');
    const words = { ...ENGLISH, alt: 'Ein Gericht aus {country}' };
    expect(altOf({ ...dish, alt: 'A dish' }, 'de', words)).toBe('Ein Gericht aus Deutschland');
  });
});

/** A blog whose cafe lets its readers wait until it is told to serve. */
async function openSlowBlog(
  browser: Browser,
  options: BlogOptions = {},
): Promise<Blog & { serve(): void }> {
  const blog = await openBlog(browser, options);
  const { promise, resolve } = Promise.withResolvers<void>();
  blog.cafe.answer = async (_, usual) => {
    await promise;
    return usual();
  };
  return { ...blog, serve: resolve };
}

const box = (page: Page) => page.locator('cafe-image').boundingBox();
const moving = (page: Page) =>
  page
    .locator('cafe-image')
    .evaluate(
      ({ shadowRoot }) =>
        shadowRoot?.getAnimations().filter(({ playState }) => playState === 'running').length,
    );

const chromium = inject('chromium');
if (chromium) {
  describe('the element', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    it('R0-093, R0-037, R0-096: shows its drawing before any answer, then the picture in its place', async () => {
      const { page, cafe, visit, serve } = await openSlowBlog(browser);
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.resourceType()));
      await visit('/posts/a');
      await until(page, 'loading');
      const placeholder = page.getByRole('img', { name: 'Loading the picture…' });
      expect(await placeholder.locator('svg').isVisible()).toBe(true);
      expect(requests).not.toContain('image');
      expect(await page.locator('cafe-image img').count()).toBe(0);

      serve();
      await until(page, 'loaded');
      const picture = page.getByRole('img', { name: 'A dish popular in France, imagined by AI' });
      expect(await picture.isVisible()).toBe(true);
      expect(await picture.getAttribute('src')).toMatch(/\/images\/article\/posts\/a\.png$/);
      await expect.poll(() => placeholder.isVisible()).toBe(false);
      expect(cafe.posts).toHaveLength(1);
    });

    it('keeps its size from beginning to end, whatever comes', async () => {
      const css = `cafe-image { width: 300px } ${PLACE_KEPT}`;
      const body = '<cafe-image caption>Nothing today</cafe-image><p>Below</p>';
      const options = { body, css, allowed: /status of 404|^<cafe-image>/ };
      const { page, cafe, visit, serve } = await openSlowBlog(browser, options);
      await visit('/posts/a');
      await until(page, 'loading');
      const size = await box(page);
      expect(size).toMatchObject({ width: 300 });
      serve();
      await until(page, 'loaded');
      expect(await box(page)).toEqual(size);
      cafe.gone = /./;
      await page.locator('cafe-image').evaluate((one) => one.setAttribute('page-path', '/b'));
      await until(page, 'failed');
      expect(await box(page)).toEqual(size);
    });

    it.each([
      ['<cafe-image></cafe-image>', '', 1],
      ['<cafe-image ratio="16/9"></cafe-image>', '', 16 / 9],
      ['<cafe-image></cafe-image>', 'cafe-image { --cafe-image-ratio: 3 / 2 }', 3 / 2],
    ])('gives %s with %j its ratio', async (body, css, ratio) => {
      const { page, visit } = await openBlog(browser, { body, css });
      await visit('/posts/a');
      await until(page, 'loaded');
      const { width = 0, height = 1 } = (await box(page)) ?? {};
      expect(width / height).toBeCloseTo(ratio, 2);
    });

    it('is busy, and says so, until there is a picture', async () => {
      const { page, visit, serve } = await openSlowBlog(browser);
      await visit('/posts/a');
      const frame = page.locator('cafe-image [part=frame]');
      await expect.poll(() => frame.getAttribute('aria-busy')).toBe('true');
      serve();
      await expect.poll(() => frame.getAttribute('aria-busy')).toBe('false');
    });

    it('moves only while it is busy, and never where the reader wants no motion', async () => {
      const { page, visit, serve } = await openSlowBlog(browser);
      await visit('/posts/a');
      await until(page, 'loading');
      expect(await moving(page)).toBeGreaterThan(0);
      serve();
      await until(page, 'loaded');
      await expect.poll(() => moving(page)).toBe(0);

      const still = await openSlowBlog(browser, { reducedMotion: 'reduce' });
      await still.visit('/posts/a');
      await until(still.page, 'loading');
      expect(await moving(still.page)).toBe(0);
      still.serve();
      await until(still.page, 'loaded');
      expect(await moving(still.page)).toBe(0);
      expect(await still.page.locator('cafe-image img').isVisible()).toBe(true);
    });

    it.each(['light', 'dark'] as const)(
      'draws in the page’s own colours, in the %s',
      async (colorScheme) => {
        const css = 'main { color: light-dark(#222, #eee) }';
        const { page, visit } = await openSlowBlog(browser, { css, colorScheme });
        await visit('/posts/a');
        await until(page, 'loading');
        const [text, line, fire] = await page.locator('cafe-image').evaluate((element) => [
          getComputedStyle(element).color,
          ...['svg', '.fire'].map((one) => {
            const drawn = element.shadowRoot?.querySelector(one);
            return drawn && getComputedStyle(drawn).stroke;
          }),
        ]);
        expect(text).toBe(colorScheme === 'dark' ? 'rgb(238, 238, 238)' : 'rgb(34, 34, 34)');
        expect(line).toBe(text);
        expect(fire).toBe('rgb(208, 100, 63)');
        await page.locator('cafe-image').evaluate((element) => {
          element.style.setProperty('--cafe-image-line', 'rgb(1, 2, 3)');
        });
        const drawing = page.locator('cafe-image svg');
        expect(await drawing.evaluate((one) => getComputedStyle(one).stroke)).toBe('rgb(1, 2, 3)');
      },
    );

    it('writes a caption where it is asked to, in the author’s words and language', async () => {
      const strings = JSON.stringify({
        busy: 'In der Küche',
        note: 'von KI',
        alt: 'Aus {country}',
      });
      const { page, visit, serve } = await openSlowBlog(browser, {
        body: `<cafe-image caption lang="de" strings='${strings}'></cafe-image>`,
      });
      await visit('/posts/a');
      const caption = page.locator('cafe-image figcaption');
      await expect.poll(() => caption.innerText()).toBe('In der Küche');
      serve();
      await until(page, 'loaded');
      expect(await caption.innerText()).toBe('Frankreich\nvon KI');
      expect(await page.getByRole('img', { name: 'Aus Frankreich' }).isVisible()).toBe(true);
      await page.locator('cafe-image').evaluate((one) => one.removeAttribute('caption'));
      await expect.poll(() => caption.count()).toBe(0);
    });

    it.each([
      ['', 'ltr', 'Loading the picture…'],
      [` strings='{"busy":"المطبخ مشغول…"}'`, 'rtl', 'المطبخ مشغول…'],
    ])(
      'writes each caption in its own direction%s, where a page written from the right begins',
      async (strings, direction, words) => {
        const body = `<div dir="rtl"><cafe-image caption${strings}></cafe-image></div>`;
        const css = 'cafe-image { width: 300px }';
        const { page, visit, serve } = await openSlowBlog(browser, { body, css });
        await visit('/posts/a');
        const caption = page.locator('cafe-image figcaption');
        await expect.poll(() => caption.innerText()).toBe(words);
        const size = await box(page);
        const seen = await caption.evaluate((line) => {
          const text = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode() as Text;
          const placeOf = (from: number, to: number) => {
            const range = document.createRange();
            range.setStart(text, from);
            range.setEnd(text, to);
            return range.getBoundingClientRect();
          };
          const [first, last] = [placeOf(0, 1), placeOf(text.length - 1, text.length)];
          const atTheRight = Math.abs(
            placeOf(0, text.length).right - line.getBoundingClientRect().right,
          );
          return [first.left < last.left ? 'ltr' : 'rtl', atTheRight < 1];
        });
        expect(seen).toEqual([direction, true]);
        serve();
        await until(page, 'loaded');
        expect(await caption.innerText()).toBe('France\nimagined by AI');
        expect(await box(page)).toEqual(size);
      },
    );

    it('takes the author’s alternative text, an empty one too', async () => {
      const body = '<cafe-image alt=""></cafe-image>';
      const { page, visit } = await openBlog(browser, { body });
      await visit('/posts/a');
      await until(page, 'loaded');
      const image = page.locator('cafe-image img');
      expect(await image.getAttribute('alt')).toBe('');
      await page.locator('cafe-image').evaluate((one) => one.setAttribute('alt', 'Lunch'));
      await expect.poll(() => image.getAttribute('alt')).toBe('Lunch');
    });

    it('tells the page of its picture', async () => {
      const { page, visit, serve } = await openSlowBlog(browser);
      await visit('/posts/a');
      await until(page, 'loading');
      const told = page.evaluate(
        () =>
          new Promise((resolve) => {
            addEventListener('cafe-image-load', (event) => {
              resolve((event as CustomEvent).detail);
            });
          }),
      );
      serve();
      expect(await told).toMatchObject({
        pagePath: '/posts/a',
        pageType: 'article',
        dish: { url: expect.stringContaining('/posts/a.png'), country: { code: 'FR' } },
      });
    });

    it('shows a ThumbHash’s colours while the picture loads, and does without where there are none', async () => {
      const red = Array.from({ length: 16 }, () => [200, 40, 30, 255]).flat();
      const hash = Buffer.from(rgbaToThumbHash(4, 4, red)).toString('base64');
      const { page, cafe, visit } = await openBlog(browser);
      cafe.details = { placeholder: hash };
      await visit('/posts/a');
      await until(page, 'loaded');
      const canvas = page.locator('cafe-image canvas');
      const pixel = await canvas.evaluate((one: HTMLCanvasElement) => [
        ...(one.getContext('2d')?.getImageData(9, 9, 1, 1).data ?? []),
      ]);
      expect(pixel[0]).toBeGreaterThan(150);
      expect(pixel[1]).toBeLessThan(90);

      cafe.details = { placeholder: '!' };
      await visit('/posts/b');
      await until(page, 'loaded');
      expect(await canvas.count()).toBe(0);
    });

    it('offers the browser the renditions, by type and width', async () => {
      const css = 'cafe-image { width: 300px }';
      const { page, cafe, cafeUrl, visit } = await openBlog(browser, { css });
      const rendition = (name: string, width: number, type: string) => ({
        url: `${cafeUrl}/images/${name}`,
        width,
        height: width,
        type,
      });
      cafe.details = {
        renditions: [
          rendition('480.new', 480, 'image/not-yet-invented'),
          rendition('480.png', 480, 'image/png'),
          rendition('960.png', 960, 'image/png'),
        ],
      };
      await visit('/posts/a');
      await until(page, 'loaded');
      expect(await pictures(page)).toEqual(['/480.png']);
      const sources = page.locator('cafe-image source');
      expect(
        await sources.evaluateAll((all) => all.map((one) => one.getAttribute('sizes'))),
      ).toEqual(['300px', '300px']);

      const wide = '<cafe-image sizes="900px"></cafe-image>';
      const other = await openBlog(browser, { body: wide });
      other.cafe.details = {
        renditions: [480, 960].map((width) => ({
          ...rendition('', width, 'image/png'),
          url: `${other.cafeUrl}/images/${width}.png`,
        })),
      };
      await other.visit('/posts/a');
      await until(other.page, 'loaded');
      expect(await pictures(other.page)).toEqual(['/960.png']);
    });

    it('shows the picture where the rest of the answer, and of the words, is junk', async () => {
      const junk = [
        { renditions: 7 },
        { renditions: [{}] },
        { renditions: [null] },
        { country: 7 },
      ];
      const { page, cafe, visit } = await openBlog(browser, {
        body: `<cafe-image caption strings='{"alt":7,"note":null}'></cafe-image>`,
      });
      for (const [at, details] of junk.entries()) {
        cafe.details = details;
        await visit(`/posts/${at}`);
        await until(page, 'loaded');
      }
      expect(cafe.posts).toHaveLength(junk.length);
    });

    it.each(['light', 'dark'] as const)(
      'has nothing for axe to find, in the %s',
      async (colorScheme) => {
        const body = '<cafe-image caption><p>No dish today.</p></cafe-image>';
        const css = 'cafe-image { width: 300px }';
        const options = { body, css, colorScheme, allowed: /status of 500|^<cafe-image>/ };
        const { page, cafe, visit, serve } = await openSlowBlog(browser, options);
        const violations = async () => (await new AxeBuilder({ page }).analyze()).violations;
        await visit('/posts/a');
        await until(page, 'loading');
        expect(await violations()).toEqual([]);
        serve();
        await until(page, 'loaded');
        await expect.poll(() => moving(page)).toBe(0);
        expect(await violations()).toEqual([]);
        cafe.answer = () => new Response('', { status: 500 });
        await visit('/posts/b');
        await until(page, 'failed');
        expect(await violations()).toEqual([]);
      },
    );

    it('keeps the page responsive: no script of it takes 50 ms of the processor', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<cafe-image caption></cafe-image>'.repeat(5),
        css: 'cafe-image { width: 100px }',
      });
      const bytes = rgbaToThumbHash(2, 2, Array(16).fill(128));
      cafe.details = { placeholder: Buffer.from(bytes).toString('base64') };
      await browser.startTracing(page, { categories: ['devtools.timeline'] });
      for (let visits = 0; visits < 5; visits += 1) {
        await visit(`/posts/${visits}`);
        await until(page, 'loaded', 5);
      }
      const durations = scriptTimes(await browser.stopTracing());
      expect(durations.length).toBeGreaterThan(0);
      expect(Math.max(...durations)).toBeLessThan(50);
    });
  });
}

interface TraceEvent {
  name: string;
  /** Of the processor, in microseconds; a machine that is busy otherwise does not count. */
  tdur?: number;
  args: { data?: { url?: string } };
}

/** How long each run of the element's scripts took, in milliseconds of the processor. */
function scriptTimes(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  return traceEvents
    .filter(({ name }) => name === 'FunctionCall' || name === 'EvaluateScript')
    .filter(({ args }) => args.data?.url?.includes('bytesized-cafe-app'))
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
}
