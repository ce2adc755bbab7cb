import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { endpointAt, pageTypeAt } from '../../embed/page-context.ts';
import { openBlog, pictures, until } from '../support/open-blog.ts';
import { launchChromium } from '../support/watched-page.ts';

describe('what a page says of itself', () => {
  it.each([
    ['/', 'index'],
    ['/index.html', 'index'],
    ['/posts/index.html', 'article'],
    ['/page/2', 'archive'],
    ['/page/10/', 'archive'],
    ['/page/10/index.html', 'archive'],
    ['/page/two/', 'article'],
    ['/page/2nd', 'article'],
    ['/blog/page/2/', 'article'],
  ])('%s is of the type %s', (path, type) => {
    expect(pageTypeAt(path)).toBe(type);
  });

  it.each([
    ['https://cafe.example', 'https://cafe.example/api/cafe/generate'],
    ['http://localhost:8080/', 'http://localhost:8080/api/cafe/generate'],
    ['//cafe.example', '//cafe.example/api/cafe/generate'],
    ['https://cafe.example/x', 'https://cafe.example/x'],
    ['/api/cafe/generate', '/api/cafe/generate'],
  ])('the API at %s is asked at %s', (apiUrl, endpoint) => {
    expect(endpointAt(apiUrl)).toBe(endpoint);
  });
});

const chromium = inject('chromium');
if (chromium) {
  describe('asking for a picture', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium(chromium);
    });
    afterAll(() => browser.close());

    it.each([
      ['R0-002', '/', 'index'],
      ['R0-002', '/index.html', 'index'],
      ['R0-003', '/posts/a', 'article'],
      ['R0-004', '/page/2/index.html', 'archive'],
      ['R0-119', '/page/2/', 'archive'],
      ['R0-003', '/page/about', 'article'],
    ])('%s: asks once, by itself, on %s as %s', async (_, path, type) => {
      const { page, cafe, visit } = await openBlog(browser);
      await visit(path);
      await until(page, 'loaded');
      expect(cafe.asked).toEqual([`${type} ${path}`]);
      expect(await pictures(page)).toEqual([`/${type}${path}.png`]);
    });

    it('R0-019: posts exactly the page, as JSON, without credentials, and asks for details', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      await visit('/posts/a?utm=1#top');
      await until(page, 'loaded');
      expect(cafe.posts).toEqual([
        {
          url: '/api/cafe/generate?details=1',
          body: '{"context":{"pagePath":"/posts/a","pageType":"article"}}',
          headers: expect.objectContaining({ 'content-type': 'application/json' }),
        },
      ]);
      expect(cafe.posts[0]?.headers).not.toHaveProperty('cookie');
    });

    it('R0-094: reads path and type from its attributes', async () => {
      const body = '<cafe-image page-path="/posts/b" page-type="archive"></cafe-image>';
      const { page, cafe, visit } = await openBlog(browser, { body });
      await visit('/posts/a');
      await until(page, 'loaded');
      expect(cafe.asked).toEqual(['archive /posts/b']);
    });

    it("sends its page's token along, where it has one", async () => {
      const body = '<cafe-image page-path="/posts/b" token="W0edI8pc1Q959rvxCEDNSg"></cafe-image>';
      const { page, cafe, visit } = await openBlog(browser, { body });
      await visit('/posts/a');
      await until(page, 'loaded');
      expect(cafe.posts.map((post) => JSON.parse(post.body))).toEqual([
        {
          context: { pagePath: '/posts/b', pageType: 'article' },
          token: 'W0edI8pc1Q959rvxCEDNSg',
        },
      ]);
    });

    it.each(['', '/other?key=1'])(
      'R0-023: asks where api-url says, the other cafe%s',
      async (rest) => {
        const other = await openBlog(browser);
        const { page, cafe, visit } = await openBlog(browser, {
          body: `<cafe-image api-url="${other.cafeUrl}${rest}"></cafe-image>`,
          // The blog's policy knows the one cafe only.
          bypassCSP: true,
        });
        await visit('/posts/a');
        await until(page, 'loaded');
        const endpoint = rest.length > 1 ? rest : '/api/cafe/generate';
        expect(cafe.posts).toEqual([]);
        expect(other.cafe.posts.map(({ url }) => url)).toEqual([
          `${endpoint}${rest.includes('?') ? '&' : '?'}details=1`,
        ]);
      },
    );

    it('R0-095: asks once for two elements, a copy of the script and a reconnection', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<cafe-image></cafe-image><cafe-image></cafe-image>',
        scripts: ['cafe-image.js', 'cafe-image.js?copy'],
        css: 'cafe-image { width: 100px }',
        // It is the test that moves them about.
        allowed: /layout shift/,
      });
      const answer = Promise.withResolvers<void>();
      cafe.answer = async (_, usual) => {
        await answer.promise;
        return usual();
      };
      await visit('/posts/a');
      await until(page, 'loading', 2);
      await page.evaluate(() => {
        const [first] = document.querySelectorAll('cafe-image');
        const parent = first!.parentElement!;
        first!.remove();
        parent.append(first!, document.createElement('cafe-image'));
      });
      await until(page, 'loading', 3);
      answer.resolve();
      await until(page, 'loaded', 3);
      await page.evaluate(() => document.body.append(document.createElement('cafe-image')));
      await until(page, 'loaded', 4);
      expect(cafe.asked).toEqual(['article /posts/a']);
    });

    it('R0-005, R0-022, R0-097: A, B, A and a reload make no further request', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      for (const path of ['/posts/a', '/posts/b', '/posts/a', '/posts/b']) {
        await visit(path);
        await until(page, 'loaded');
        expect(await pictures(page)).toEqual([`/article${path}.png`]);
      }
      await page.reload();
      await until(page, 'loaded');
      expect(cafe.asked).toEqual(['article /posts/a', 'article /posts/b']);
    });

    it('R0-039: does not take another type’s picture for the same path', async () => {
      let type = 'index';
      const { page, cafe, visit } = await openBlog(browser, {
        body: () => `<cafe-image page-type="${type}"></cafe-image>`,
      });
      for (type of ['index', 'archive', 'index']) {
        await visit('/x');
        await until(page, 'loaded');
      }
      expect(cafe.asked).toEqual(['index /x', 'archive /x']);
    });

    it('keeps nothing for another tab', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      await visit('/posts/a');
      await until(page, 'loaded');
      const second = await page.context().newPage();
      await second.goto(page.url());
      await until(second, 'loaded');
      expect(cafe.posts).toHaveLength(2);
    });

    it('R0-006: shows pictures in a sandboxed frame, which has no storage', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: (path) =>
          path === '/inner'
            ? '<cafe-image></cafe-image><cafe-image></cafe-image>'
            : '<iframe sandbox="allow-scripts" title="inner" src="/inner"></iframe>',
        css: 'iframe { width: 300px; height: 800px }',
      });
      await visit('/outer');
      const inner = page.frameLocator('iframe').locator('cafe-image[status=loaded]');
      await expect.poll(() => inner.count()).toBe(2);
      expect(cafe.asked).toEqual(['article /inner']);
    });

    it('R0-006: asks anew where the storage was cleared or holds junk', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      await visit('/posts/a');
      await until(page, 'loaded');
      await page.evaluate(() => sessionStorage.clear());
      await page.reload();
      const junk = ['', '{', 'null', '[]', '7', '"x"', '{"url":7}', '{"url":""}'];
      for (const text of junk) {
        await until(page, 'loaded');
        await page.evaluate((value) => {
          for (const key of Object.keys(sessionStorage)) sessionStorage[key] = value;
        }, text);
        await page.reload();
      }
      await until(page, 'loaded');
      expect(cafe.posts).toHaveLength(2 + junk.length);
    });

    it('R0-006: shows pictures where the storage is full', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        before: () => {
          for (let size = 2 ** 22; size >= 1; size /= 2) {
            try {
              for (;;) sessionStorage.setItem(`ballast ${Math.random()}`, 'x'.repeat(size));
            } catch {}
          }
        },
      });
      await visit('/posts/a');
      await until(page, 'loaded');
      await page.reload();
      await until(page, 'loaded');
      expect(cafe.posts).toHaveLength(2);
    });

    it('waits until the reader comes near, unless it is eager', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<div id="far"></div><cafe-image></cafe-image>',
        css: '#far { height: 5000px }',
      });
      await visit('/posts/a');
      await until(page, 'waiting');
      await page.locator('cafe-image').evaluate((element) => {
        const eager = document.createElement('cafe-image');
        eager.pagePath = '/posts/eager';
        eager.loading = 'eager';
        element.after(eager);
      });
      await expect.poll(() => cafe.asked).toEqual(['article /posts/eager']);
      await page.mouse.wheel(0, 4000);
      await until(page, 'loaded', 2);
      expect(cafe.asked).toEqual(['article /posts/eager', 'article /posts/a']);
    });

    it('asks when the page is printed, however far away it is, and once', async () => {
      const { page, cafe, visit } = await openBlog(browser, {
        body: '<div id="far"></div><cafe-image></cafe-image>',
        css: '#far { height: 5000px }',
      });
      await visit('/posts/a');
      await until(page, 'waiting');
      await page.pdf();
      await until(page, 'loaded');
      await page.pdf();
      await page.mouse.wheel(0, 4000);
      expect(await pictures(page)).toEqual(['/article/posts/a.png']);
      expect(cafe.asked).toEqual(['article /posts/a']);

      await visit('/');
      await visit('/posts/a');
      await until(page, 'waiting');
      await page.pdf();
      await until(page, 'loaded');
      expect(cafe.asked).toEqual(['article /posts/a']);
    });

    it('follows its attributes', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      await visit('/posts/a');
      await until(page, 'loaded');
      const set = (path: string) =>
        page.locator('cafe-image').evaluate((one, to) => one.setAttribute('page-path', to), path);
      await set('/page/3/');
      await expect.poll(() => pictures(page)).toEqual(['/archive/page/3/.png']);
      await set('/posts/a');
      await expect.poll(() => pictures(page)).toEqual(['/article/posts/a.png']);
      expect(cafe.asked).toEqual(['article /posts/a', 'archive /page/3/']);
    });

    it('ignores an answer for a page that it has left', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      const late = Promise.withResolvers<void>();
      cafe.answer = async ({ body }, usual) => {
        if (body.includes('/posts/slow')) await late.promise;
        return usual();
      };
      await visit('/posts/slow');
      await until(page, 'loading');
      await page.locator('cafe-image').evaluate((one) => {
        one.addEventListener('cafe-image-load', (event) => {
          document.title += ` ${(event as CustomEvent).detail.pagePath}`;
        });
        one.setAttribute('page-path', '/posts/quick');
      });
      await until(page, 'loaded');
      const arrived = page.waitForResponse((response) => response.request().method() === 'POST');
      late.resolve();
      await (await arrived).finished();
      // It is remembered all the same, since it was paid for.
      await expect
        .poll(() => page.evaluate(() => Object.values(sessionStorage).join()))
        .toContain('/posts/slow.png');
      expect(await pictures(page)).toEqual(['/article/posts/quick.png']);
      expect(await page.title()).toBe('A blog /posts/quick');
    });

    describe.each([
      ['the Navigation API', () => {}],
      [
        'popstate and the page’s own changes',
        () => void Reflect.deleteProperty(window, 'navigation'),
      ],
    ])('on a site that moves on without loading, by %s', (_, before) => {
      it('follows the document', async () => {
        const { page, cafe, visit } = await openBlog(browser, { before });
        await visit('/posts/a');
        await until(page, 'loaded');
        const turnTo = (path: string) =>
          page.evaluate((to) => {
            history.pushState(null, '', to);
            document.querySelector('h1')!.textContent = to;
          }, path);
        await turnTo('/page/2/');
        await expect.poll(() => pictures(page)).toEqual(['/archive/page/2/.png']);
        await turnTo('/');
        await expect.poll(() => pictures(page)).toEqual(['/index/.png']);
        await page.goBack();
        await expect.poll(() => pictures(page)).toEqual(['/archive/page/2/.png']);
        expect(cafe.asked).toEqual(['article /posts/a', 'archive /page/2/', 'index /']);
      });

      it('stays with the page that it was given, and asks for nothing once it is gone', async () => {
        const body = '<cafe-image page-path="/posts/a"></cafe-image>';
        const { page, cafe, visit } = await openBlog(browser, { body, before });
        await visit('/posts/a');
        await until(page, 'loaded');
        await page.evaluate(() => {
          history.pushState(null, '', '/posts/b');
          document.querySelector('h1')!.textContent = 'B';
        });
        await page.locator('cafe-image').evaluate((one) => {
          one.removeAttribute('page-path');
          one.remove();
          history.pushState(null, '', '/posts/c');
          document.querySelector('h1')!.textContent = 'C';
        });
        await page.evaluate(() => {
          const next = document.createElement('cafe-image');
          next.pagePath = '/posts/d';
          document.body.append(next);
        });
        await until(page, 'loaded');
        expect(cafe.asked).toEqual(['article /posts/a', 'article /posts/d']);
      });
    });

    it('asks again when it is told to', async () => {
      const { page, cafe, visit } = await openBlog(browser);
      await visit('/posts/a');
      await until(page, 'loaded');
      cafe.details = {
        url: `${new URL((await page.locator('cafe-image img').getAttribute('src')) ?? '').origin}/images/another.png`,
      };
      await page
        .locator('cafe-image')
        .evaluate((one: HTMLElementTagNameMap['cafe-image']) => one.reload());
      await expect.poll(() => pictures(page)).toEqual(['/another.png']);
      await page.reload();
      await until(page, 'loaded');
      expect(await pictures(page)).toEqual(['/another.png']);
      expect(cafe.posts).toHaveLength(2);
    });
  });
}
