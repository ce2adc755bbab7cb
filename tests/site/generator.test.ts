import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite, writtenFiles } from '../../examples/blog/build-site.ts';
import { parsePost, readPosts } from '../../examples/blog/post.ts';
import { cafeApiAt, type Site, siteOrigin } from '../../examples/blog/site.ts';
import { elements, parseXml } from '../support/xml.ts';

const SITE = 'https://blog.example';
const CAFE = 'https://cafe.example';
const POSTS = path.join(import.meta.dirname, '../../examples/blog/posts');
const site: Site = { url: SITE, api: cafeApiAt(CAFE, 'the address'), development: false };

const posts = await readPosts(POSTS);
const files = writtenFiles(posts, site);
const pages = [...files].filter(([name]) => name.endsWith('.html'));

function file(name: string): string {
  const text = files.get(name);
  if (text === undefined) throw new Error(`There is no ${name}.`);
  return text;
}

describe('the blog', () => {
  it('has a home page, an archive and its articles, three to a page', () => {
    expect(posts).toHaveLength(6);
    expect(pages.map(([name]) => name).sort()).toEqual([
      '/404.html',
      '/index.html',
      '/page/2/index.html',
      ...posts.map(({ page }) => page.path).sort(),
    ]);
    const listed = (name: string) => [...file(name).matchAll(/<h2><a href="([^"]+)"/g)];
    expect([...listed('/index.html'), ...listed('/page/2/index.html')].map(([, at]) => at)).toEqual(
      posts.map(({ page }) => page.path),
    );
  });

  it('has something to read in each article', () => {
    for (const { body, title } of posts) {
      const words = body.toString().split(/\s+/).length;
      expect([title, words > 500 && words < 900]).toEqual([title, true]);
    }
  });

  it.each([
    ['/index.html', '/', 'index'],
    ['/page/2/index.html', '/page/2/index.html', 'archive'],
    ['/posts/the-slow-train/index.html', '/posts/the-slow-train/index.html', 'article'],
  ])('%s has one picture, of its own', (name, pagePath, type) => {
    const image = `${CAFE}/api/cafe/image?path=${encodeURIComponent(pagePath)}&amp;type=${type}`;
    const html = file(name);
    expect(html.match(/<cafe-image.*<\/cafe-image>/g)).toEqual([
      `<cafe-image page-path="${pagePath}" page-type="${type}" api-url="${CAFE}/api/cafe/generate" caption>` +
        `<noscript><img src="${image}" alt=""></noscript></cafe-image>`,
    ]);
    const metas = Object.fromEntries(
      [...html.matchAll(/<meta (?:name|property)="([^"]+)" content="([^"]*)"/g)].map(
        ([, key = '', value]) => [key, value],
      ),
    );
    expect(metas).toMatchObject({
      'og:url': `${SITE}${pagePath}`,
      'og:image': `${image}&amp;rendition=card`,
      'og:image:width': '1200',
      'og:image:height': '630',
      'og:image:alt': expect.stringMatching(/./),
      'twitter:image': `${image}&amp;rendition=card`,
      'twitter:card': 'summary_large_image',
      description: expect.stringMatching(/.{40}/),
    });
    expect(html).toContain(`<link rel="canonical" href="${SITE}${pagePath}">`);
    expect(html).toContain(
      '<script type="module" src="/bytesized-cafe-app/cafe-image.js"></script>',
    );
  });

  it('names no API where it is on the same origin', () => {
    const same = { ...site, api: cafeApiAt(SITE, 'the address') };
    const home = writtenFiles(posts, same).get('/index.html');
    expect(home).toContain('<cafe-image page-path="/" page-type="index" caption>');
    expect(home).toContain('<noscript><img src="/api/cafe/image?path=%2F&amp;type=index"');
  });

  it('buys no picture for a page that is not there', () => {
    expect(file('/404.html')).not.toMatch(/cafe-image|canonical|og:/);
  });

  it.each(pages)('%s has a title and a description of its own, and one heading', (name, html) => {
    const all = (tag: RegExp) => pages.map(([, page]) => tag.exec(page)?.[1]);
    for (const tag of [/<title>(.*)<\/title>/, /<meta name="description" content="(.*)">/]) {
      const own = tag.exec(html)?.[1];
      expect(all(tag).filter((other) => other === own)).toEqual([own]);
    }
    expect([name, html.match(/<h1\b/g)?.length]).toEqual([name, 1]);
  });

  it.each(pages)('%s has nothing inline and loads nothing from elsewhere', (_, html) => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\son[a-z]+=/i);
    const loaded = html.replaceAll(/<noscript>.*?<\/noscript>|<link rel="canonical"[^>]*>/g, '');
    expect(loaded).not.toMatch(/\b(src|href)="(https?:)?\/\//i);
  });
});

describe('a built folder', () => {
  let folder: string;
  let output: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cafe-site-'));
    output = path.join(folder, 'Output');
    const cafeApp = path.join(import.meta.dirname, '../../bytesized-cafe-app');
    await buildSite(site, { output, cafeApp });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has the very file that each link names, the home page apart, as nothing rewrites them', async () => {
    const there = new Set(
      (await readdir(output, { recursive: true })).map((name) => `/${name.replaceAll('\\', '/')}`),
    );
    const css = await readFile(path.join(output, 'css/blog.css'), 'utf8');
    const fonts = [...css.matchAll(/url\("\.\.(\/[^"]+)"\)/g)].map(([, at]) => at ?? '');
    const links = pages.flatMap(([, html]) =>
      [...html.matchAll(/\b(?:href|src)="(\/[^"]*)"/g)].map(([, at]) => at ?? ''),
    );
    const lists = [file('/feed.rss'), file('/sitemap.xml')].join('');
    const absolute = [...lists.matchAll(/<(?:link|loc)>([^<]+)</g)].map(([, url]) =>
      url?.replace(SITE, ''),
    );
    expect(absolute.length).toBeGreaterThan(12);
    links.push(...absolute.map((at) => at ?? ''));
    expect(fonts).toHaveLength(4);
    expect(new Set(links).size).toBeGreaterThan(12);
    for (const link of [...fonts, ...links]) {
      expect(there).toContain(link === '/' ? '/index.html' : link);
    }
  });

  it('is replaced as a whole by the next build', async () => {
    await writeFile(path.join(output, 'old.html'), 'old');
    await buildSite(site, { output });
    expect(await readdir(output)).not.toContain('old.html');
  });

  it('is left as it is where the element was not built', async () => {
    const build = buildSite(site, { output, cafeApp: path.join(folder, 'none') });
    await expect(build).rejects.toThrow('The element is not built');
    expect(await readdir(output)).toContain('index.html');
  });
});

describe('the feed', () => {
  const feed = parseXml(file('/feed.rss'));

  it('has every article whole, with absolute addresses and its picture enclosed', () => {
    const items = elements(feed, 'item');
    expect(items.map((item) => elements(item, 'link')[0]?.text)).toEqual(
      posts.map(({ page }) => SITE + page.path),
    );
    for (const [at, item] of items.entries()) {
      const { page, title, published } = posts[at]!;
      const [content] = elements(item, 'content:encoded');
      expect(elements(item, 'title')[0]?.text).toBe(title);
      expect(new Date(elements(item, 'pubDate')[0]?.text ?? '')).toEqual(published);
      expect(content?.text.length).toBeGreaterThan(2500);
      expect(content?.text).not.toMatch(/\b(href|src)="(?!https:\/\/)/);
      expect(elements(item, 'enclosure')[0]?.attributes).toEqual({
        url: `${CAFE}/api/cafe/image?path=${encodeURIComponent(page.path)}&type=article&rendition=card`,
        length: '0',
        type: 'image/jpeg',
      });
    }
  });

  it('says where it is itself', () => {
    const [self] = elements(feed, 'atom:link');
    expect(self?.attributes).toMatchObject({ href: `${SITE}/feed.rss`, rel: 'self' });
  });
});

describe('search engines', () => {
  it('find every page but the one that is not there', () => {
    const listed = elements(parseXml(file('/sitemap.xml')), 'loc').map(({ text }) => text);
    const canonical = pages.flatMap(
      ([, html]) => /rel="canonical" href="([^"]+)"/.exec(html)?.[1] ?? [],
    );
    expect(listed.sort()).toEqual(canonical.sort());
    expect(file('/robots.txt')).toContain(`Sitemap: ${SITE}/sitemap.xml`);
  });
});

describe('a hostile title', () => {
  const title = `</title><script>alert(1)</script> & "both" 'quotes' ]]> <b onload=x>\u0000\u001b`;
  const post = parsePost(
    'hostile.md',
    `---\ntitle: ${title}\nsummary: ${title}\ntopic: ${title}\ndate: 2026-01-02\n---\nText.`,
  );
  const hostile = writtenFiles([{ ...post, number: 1 }], site);

  it('stays text on every page', () => {
    for (const [, text] of hostile) expect(text).not.toMatch(/<script>|<b |"both"/);
    expect(hostile.get('/posts/hostile/index.html')).toContain(
      '<h1>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;both&quot; &#39;quotes&#39;',
    );
  });

  it('arrives in the feed as it was written, without what XML cannot hold', () => {
    const [item] = elements(parseXml(hostile.get('/feed.rss') ?? ''), 'item');
    expect(elements(item!, 'title')[0]?.text).toBe(title.slice(0, -2));
  });
});

describe('a post', () => {
  const head = { title: 'A', summary: 'B', topic: 'C', date: '2026-06-30' };
  const text = (fields: object) =>
    `---\n${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join('')}---\nText.`;

  it('may have a colon in its title, and Windows’ line ends', () => {
    const post = parsePost('a.md', text({ ...head, title: 'A: b' }).replaceAll('\n', '\r\n'));
    expect(post).toMatchObject({
      title: 'A: b',
      minutes: 1,
      page: { path: '/posts/a/index.html' },
    });
  });

  it.each([
    ['no front matter', 'a.md', 'Text.'],
    ['no title', 'a.md', text({ ...head, title: '' })],
    ['no date such as 2026-11-15', 'a.md', text({ ...head, date: '2026-06-31' })],
    ['no date such as 2026-11-15', 'a.md', text({ ...head, date: '30 June' })],
    ['must be named in a-z', 'A b.md', text(head)],
  ])('is refused with its name: %s', (problem, name, source) => {
    expect(() => parsePost(name, source)).toThrow(problem);
    expect(() => parsePost(name, source)).toThrow(name);
  });
});

describe('an address', () => {
  it.each([
    [CAFE, CAFE],
    [`${CAFE}/`, CAFE],
    [`${CAFE}/api/cafe/generate`, CAFE],
    [`${CAFE}/behind/api/cafe/generate`, `${CAFE}/behind`],
    [' http://localhost:8080 ', 'http://localhost:8080'],
  ])('of a cafe may be %s', (text, base) => {
    expect(cafeApiAt(text, 'X')).toEqual({ base, endpoint: `${base}/api/cafe/generate` });
  });

  it.each([
    'cafe.example',
    'ftp://cafe.example',
    `${CAFE}/elsewhere`,
    `${CAFE}/?a`,
    'https://a:b@c',
  ])('of a cafe may not be %s', (text) => {
    expect(() => cafeApiAt(text, 'BYTESIZED_CAFE_API_URL')).toThrow('BYTESIZED_CAFE_API_URL must');
  });

  it('of the blog is an origin', () => {
    expect(siteOrigin(`${SITE}/`, 'SITE_URL')).toBe(SITE);
    expect(() => siteOrigin(`${SITE}/below`, 'SITE_URL')).toThrow('SITE_URL must');
  });
});
