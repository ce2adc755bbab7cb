import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Resolve } from '../../src/adapters/outbound/guarded-download.ts';
import { SitemapPageList } from '../../src/adapters/page-list/sitemap.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { SitemapStandIn, sitemapIndex, urlset } from '../support/sitemap-stand-in.ts';

const AGENT = 'bytesized-cafe/0.1.0 (+https://blog.example)';
const LOOPBACK: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];

/** The site `http://blog.example`, whose name leads to this machine. */
async function openSite(file: string | Uint8Array = urlset([])) {
  const site = new SitemapStandIn();
  const server = await serveFetch(site.handle);
  onTestFinished(async () => {
    site.fault(undefined);
    await server.close();
  });
  site.files.set('/sitemap.xml', file);
  const url = `http://blog.example:${new URL(server.url).port}`;
  const list = new SitemapPageList({
    url: `${url}/sitemap.xml`,
    userAgent: AGENT,
    mayConnect: () => true,
    resolve: LOOPBACK,
  });
  onTestFinished(() => list.close());
  return { site, url, list };
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const entry = (loc: string) => `<url><loc>${loc}</loc></url>`;
const A = entry('https://blog.example/a');
const PLAIN = `${XML}<urlset>${A}</urlset>`;

describe('a request for a sitemap', () => {
  it('says who asks, and takes anything', async () => {
    const { site, list } = await openSite(PLAIN);
    await list.read();
    const [headers] = site.requests;
    expect(headers?.get('user-agent')).toBe(AGENT);
    expect(headers?.get('accept')).toBe('application/xml, text/xml, */*;q=0.1');
  });
});

describe('a sitemap is read', () => {
  const prefixed = `${XML}<sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"><sm:url><sm:loc>https://blog.example/a</sm:loc></sm:url></sm:urlset>`;
  const declared = (encoding: string) => PLAIN.replace('UTF-8', encoding);
  const latin1 = declared('ISO-8859-1').replace('/a<', '/a?caf\u00e9<');
  it.each<[string, string | Uint8Array, string?]>([
    ['with blank lines before its declaration', `\n\n${PLAIN}`],
    ['with a byte order mark', `\uFEFF${PLAIN}`],
    ['with a mark and a blank line', `\uFEFF\n${PLAIN}`],
    ['with a warning before its declaration', `<br />\n<b>Warning</b>: x & y\n${PLAIN}`],
    ['with junk behind it', `${PLAIN}\n<!-- cached in 3 ms -->\n<br>Page & time`],
    ['with a prefix for its namespace', prefixed],
    ['with an unescaped ampersand', PLAIN.replace('/a<', '/a?x=1&y=2<'), '/a?x=1&y=2'],
    ['with other entities', PLAIN.replace('/a<', '/a?&eacute;&#38;&#x26;<'), '/a?&eacute;&&'],
    ['with white space around locations', PLAIN.replace('<loc>', '<loc>\n\t ')],
    [
      'with locations as data',
      `<urlset>${entry(' <![CDATA[ https://blog.example/a?b&c ]]> ')}</urlset>`,
      '/a?b&c',
    ],
    ['packed under a plain name', gzipSync(PLAIN)],
    ['packed twice', gzipSync(gzipSync(PLAIN))],
    ['in UTF-16, little end first', Buffer.from(`\uFEFF${declared('UTF-16')}`, 'utf16le')],
    ['in UTF-16, big end first', Buffer.from(`\uFEFF${declared('UTF-16')}`, 'utf16le').swap16()],
    ['in UTF-16 without a mark', Buffer.from(declared('UTF-16'), 'utf16le')],
    ['in UTF-8 that calls itself UTF-16', declared('utf-16')],
    ['in Latin 1', Buffer.from(latin1, 'latin1'), '/a?caf%C3%A9'],
    ['with relative locations', `<urlset>${entry('a')}</urlset>`],
    [
      'of the site over https and with www',
      `<urlset>${entry('https://www.blog.example/a')}</urlset>`,
    ],
    ['as a list of URLs', 'https://blog.example/a\n'],
    [
      'as a list with notes, blank lines and carriage returns',
      '# pages\r\n\r\nhttps://blog.example/a\r\n',
    ],
    ['as a list with a mark', '\uFEFFhttps://blog.example/a'],
  ])('%s', async (_, file, path = '/a') => {
    const { list } = await openSite(file);
    expect(await list.read()).toEqual({
      paths: [path],
      skipped: { count: 0, examples: [] },
      unread: [],
      isFeed: false,
    });
  });

  it.each([
    [
      'RSS',
      `${XML}<rss version="2.0"><channel><title>Blog</title><link>https://blog.example/</link>
       <item><title>A &amp; B</title><link>https://blog.example/a</link></item></channel></rss>`,
    ],
    [
      'RSS 1.0',
      `<rdf:RDF xmlns:rdf="x"><channel/><item><link>https://blog.example/a</link></item></rdf:RDF>`,
    ],
    [
      'Atom',
      `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://blog.example/feed"/>
       <entry><link rel="edit" href="https://blog.example/edit"/><link href="https://blog.example/a"/></entry></feed>`,
    ],
  ])('as a feed in %s', async (_, file) => {
    const { list } = await openSite(file);
    expect(await list.read()).toMatchObject({ paths: ['/a'], isFeed: true });
  });

  it('in time, however many ampersands it has', async () => {
    const { list } = await openSite(`<urlset>${A}<!-- ${'&'.repeat(2_000_000)} --></urlset>`);
    expect((await list.read()).paths).toEqual(['/a']);
  });
});

describe('an entry that names no page', () => {
  it('costs itself, and is counted and named', async () => {
    const others = ['https://other.example/x', 'mailto:a@b.example', '', 'http://[', '/ok'];
    const { list } = await openSite(`<urlset>${A}${others.map(entry).join('')}<url/></urlset>`);
    expect(await list.read()).toMatchObject({
      paths: ['/a', '/ok'],
      skipped: { count: 5, examples: ['https://other.example/x', 'mailto:a@b.example', ''] },
    });
  });

  it('is one with bytes of another encoding', async () => {
    const broken = Buffer.from(
      PLAIN.replace('</urlset>', `${entry('/caf\u00e9')}</urlset>`),
      'latin1',
    );
    const { list } = await openSite(broken);
    expect(await list.read()).toMatchObject({ paths: ['/a'], skipped: { count: 1 } });
  });

  it('is none where all of the list is of one other host, as behind another name', async () => {
    const { list } = await openSite(urlset(['/a', '/b'], 'https://behind.example'));
    expect(await list.read()).toMatchObject({ paths: ['/a', '/b'], skipped: { count: 0 } });
  });
});

describe('an index', () => {
  it('is read where it says http or www, or names its files relatively', async () => {
    const { site, url, list } = await openSite();
    const www = url.replace('blog', 'www.blog').replace(/:\d+/, '');
    const names = [`${www.replace('http', 'https')}/one.xml`, 'two.xml', '/three.xml'];
    site.files.set('/sitemap.xml', sitemapIndex(names));
    for (const name of ['one', 'two', 'three'])
      site.files.set(`/${name}.xml`, urlset([`/${name}`]));
    const { paths, unread } = await list.read();
    expect([paths, unread]).toEqual([['/one', '/two', '/three'], []]);
  });

  it('loses a file on another host, which is not asked', async () => {
    const { site, url, list } = await openSite();
    site.files.set('/sitemap.xml', sitemapIndex(['https://other.example/x.xml', `${url}/one.xml`]));
    site.files.set('/one.xml', urlset(['/a']));
    expect(await list.read()).toMatchObject({
      paths: ['/a'],
      skipped: { count: 1, examples: ['https://other.example/x.xml'] },
      unread: [],
    });
    expect(site.journal).toEqual(['/sitemap.xml', '/one.xml']);
  });

  it.each([
    ['is not there', undefined, /dead\.xml cannot be read: it returns 404/],
    ['is an index', sitemapIndex(['/x.xml']), /another index/],
    ['is a web page', '<html></html>', /urlset/],
    ['is cut short', urlset(['/x']).slice(0, -20), /XML/],
  ])('loses a file that %s, and says so', async (_, file, reason) => {
    const { site, url, list } = await openSite();
    site.files.set('/sitemap.xml', sitemapIndex([`${url}/dead.xml`, `${url}/one.xml`]));
    if (file !== undefined) site.files.set('/dead.xml', file);
    site.files.set('/one.xml', urlset(['/a']));
    const { paths, unread } = await list.read();
    expect([paths, unread]).toEqual([['/a'], [expect.stringMatching(reason)]]);
  });
});

describe('a redirect', () => {
  it.each([
    ['to www', 'http://www.blog.example:PORT/real.xml'],
    ['to another path', 'http://blog.example:PORT/real.xml'],
  ])('is followed %s', async (_, target) => {
    const { site, url, list } = await openSite();
    site.files.set('/sitemap.xml', new URL(target.replace('PORT', new URL(url).port)));
    site.files.set('/real.xml', `<urlset>${entry('a')}</urlset>`);
    expect((await list.read()).paths).toEqual(['/a']);
  });

  it('is not followed to another port', async () => {
    const { site, list } = await openSite();
    site.files.set('/sitemap.xml', new URL('http://blog.example:22/real.xml'));
    await expect(list.read()).rejects.toThrow(/another host/);
    expect(site.journal).toEqual(['/sitemap.xml']);
  });
});
