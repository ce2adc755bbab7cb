import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Resolve } from '../../src/adapters/outbound/guarded-download.ts';
import { SitemapFilePageList } from '../../src/adapters/page-list/sitemap/file.ts';
import { SitemapPageList } from '../../src/adapters/page-list/sitemap.ts';
import { publicAddress } from '../../src/app/http/client-address.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { gzipBomb, SitemapStandIn, sitemapIndex, urlset } from '../support/sitemap-stand-in.ts';

const isLoopback = (address: string) => address === '127.0.0.1';
const isPublic = (address: string) => publicAddress(address) !== undefined;

const AGENT = 'bytesized-cafe/0.1.0 (+https://blog.example)';

async function openSite(file?: string | Uint8Array | URL) {
  const site = new SitemapStandIn();
  const { url, close } = await serveFetch(site.handle);
  onTestFinished(async () => {
    site.fault(undefined);
    await close();
  });
  if (file !== undefined) site.files.set('/sitemap.xml', file);
  const address = `${url}/sitemap.xml`;
  const list = new SitemapPageList({ url: address, userAgent: AGENT, mayConnect: isLoopback });
  onTestFinished(() => list.close());
  /** The paths of a list that has no flaws. */
  const paths = async () => {
    const { paths, skipped, unread } = await list.read();
    expect([skipped.count, unread]).toEqual([0, []]);
    return paths;
  };
  return { site, url, list, paths };
}

describe("a site's sitemap", () => {
  it('lists the paths of its pages, with their escapes', async () => {
    const { paths } = await openSite(urlset(['/', '/posts/a/', '/caf%C3%A9', '/a?b=1&amp;c']));
    expect(await paths()).toEqual(['/', '/posts/a/', '/caf%C3%A9', '/a?b=1&c']);
  });

  it('is read anew every time', async () => {
    const { site, paths } = await openSite(urlset(['/a']));
    expect(await paths()).toEqual(['/a']);
    site.files.set('/sitemap.xml', urlset(['/a', '/b']));
    expect(await paths()).toEqual(['/a', '/b']);
  });

  it('may be packed, have other elements and data sections, and list nothing', async () => {
    const { site, paths } = await openSite(gzipSync(urlset(['/packed'])));
    expect(await paths()).toEqual(['/packed']);
    site.files.set(
      '/sitemap.xml',
      `<urlset><!-- <url><loc>https://x.example/no</loc></url> -->
        <url><loc> <![CDATA[https://x.example/a&b]]> </loc><priority>1</priority></url>
        <url><loc>https://x.example/b</loc><image:image><image:loc>https://x.example/p.png</image:loc></image:image></url></urlset>`,
    );
    expect(await paths()).toEqual(['/a&b', '/b']);
    site.files.set('/sitemap.xml', '<urlset></urlset>');
    expect(await paths()).toEqual([]);
  });

  it('may be an index of others on the same host', async () => {
    const { site, url, paths } = await openSite();
    site.files.set('/sitemap.xml', sitemapIndex([`${url}/one.xml`, `${url}/two.xml.gz`]));
    site.files.set('/one.xml', urlset(['/a', '/b']));
    site.files.set('/two.xml.gz', gzipSync(urlset(['/c'])));
    expect(await paths()).toEqual(['/a', '/b', '/c']);
  });

  it('may be redirected, on the same site', async () => {
    const { site, url, paths } = await openSite();
    site.files.set('/sitemap.xml', new URL(`${url}/real.xml`));
    site.files.set('/real.xml', urlset(['/a']));
    expect(await paths()).toEqual(['/a']);
  });

  it('holds 50,000 pages', async () => {
    const all = Array.from({ length: 50_000 }, (_, n) => `/posts/${n}`);
    const { paths } = await openSite(urlset(all));
    expect(await paths()).toHaveLength(50_000);
  });
});

describe('no sitemap', () => {
  const entities = `<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
    <urlset><url><loc>https://blog.example/&b;</loc></url></urlset>`;

  it.each([
    ['a web page', '<html><body>Hello</body></html>', /urlset/],
    ['nothing', '', /XML|urlset/],
    ['half a document', urlset(['/a', '/b']).slice(0, -20), /XML/],
    ['bytes of no text', Buffer.from([0xff, 0xfe, 0x00]), /neither XML/],
    ['words', 'Nothing here', /neither XML/],
    ['an unknown encoding', '<?xml version="1.0" encoding="klingon"?><urlset/>', /klingon/],
    ['a declaration of entities', entities, /DOCTYPE/],
    ['a file in a file', '<!DOCTYPE x SYSTEM "file:///etc/passwd"><urlset/>', /DOCTYPE/],
    ['elements in elements', '<urlset>'.repeat(50_000), /XML|nested/],
    ['a bomb', gzipBomb(200_000_000), /larger/],
    ['a small bomb', gzipBomb(9_000_000), /larger/],
    ['more than 10 MB', urlset(['/a']) + ' '.repeat(10_000_001), /bytes/],
    ['more than 50,000 pages', urlset(Array.from({ length: 50_001 }, () => '/a')), /pages/],
    ['an index elsewhere', sitemapIndex(['https://other.example/a.xml']), /another host/],
  ])('is %s', async (_, file, reason) => {
    const { list } = await openSite(file);
    await expect(list.read()).rejects.toThrow(reason);
  });

  it.each([404, 403, 500, 503])('is an answer of %i', async (status) => {
    const { site, list } = await openSite(urlset(['/a']));
    site.fault({ kind: 'status', status });
    await expect(list.read()).rejects.toThrow(String(status));
  });

  it('is an answer that nothing has changed, which was not asked', async () => {
    const { site, list } = await openSite(urlset(['/a']));
    site.fault({ kind: 'answer', answer: () => new Response(null, { status: 304 }) });
    await expect(list.read()).rejects.toThrow('304');
  });

  it('is behind redirects without end, nor behind one that leads elsewhere', async () => {
    const { site, url, list } = await openSite();
    const other = await openSite(urlset(['/a']));
    site.files.set('/sitemap.xml', new URL(`${url}/sitemap.xml`));
    await expect(list.read()).rejects.toThrow(/more than 3 times/);
    site.files.set('/sitemap.xml', new URL(`${other.url}/sitemap.xml`));
    await expect(list.read()).rejects.toThrow(/another host/);
    expect(other.site.journal).toEqual([]);
  });

  it.each([
    [
      'an index of an index',
      (url: string) => sitemapIndex([`${url}/sitemap.xml`]),
      /another index/,
    ],
    [
      'an index of too many',
      (url: string) => sitemapIndex(Array.from({ length: 51 }, (_, n) => `${url}/${n}.xml`)),
      /more than 50/,
    ],
    ['an index of what is not there', (url: string) => sitemapIndex([`${url}/no.xml`]), /404/],
  ])('is %s', async (_, file, reason) => {
    const { site, url, list } = await openSite();
    site.files.set('/sitemap.xml', file(url));
    await expect(list.read()).rejects.toThrow(reason);
  });

  it('is a connection that is cut', async () => {
    const { site, list } = await openSite(urlset(['/a']));
    site.fault({ kind: 'reset', afterBytes: 60 });
    await expect(list.read()).rejects.toThrow();
    site.fault({ kind: 'cut' });
    await expect(list.read()).rejects.toThrow();
  });

  it('is one that hangs, or comes by drips', async () => {
    const read = async (fault: Parameters<SitemapStandIn['fault']>[0]) => {
      const { site, list } = await openSite(urlset(['/a']));
      site.fault(fault);
      await expect(list.read()).rejects.toThrow(/timeout/);
    };
    // Both at once, as each takes as long as a file may take.
    await Promise.all([read({ kind: 'hang' }), read({ kind: 'drip', everyMs: 200 })]);
  });

  it('is what is under way when the service stops', async () => {
    const { site, list } = await openSite(urlset(['/a']));
    site.fault({ kind: 'hang' });
    const reading = list.read();
    list.close();
    await expect(reading).rejects.toThrow(/stopping/);
  });
});

describe('an address that is not public', () => {
  it.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://100.64.0.1',
    'http://localhost',
  ])('is not connected to: %s', async (host) => {
    const { site, url } = await openSite(urlset(['/a']));
    const { port } = new URL(url);
    const list = new SitemapPageList({
      url: `${host}:${port}/sitemap.xml`,
      mayConnect: isPublic,
      userAgent: AGENT,
    });
    await expect(list.read()).rejects.toThrow(/not public/);
    expect(site.journal).toEqual([]);
  });

  it('is not connected to where a name has one among others', async () => {
    const { site, url } = await openSite(urlset(['/a']));
    const resolve: Resolve = async () => [
      { address: '9.9.9.9', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const host = `http://blog.example:${new URL(url).port}/sitemap.xml`;
    const list = new SitemapPageList({
      url: host,
      mayConnect: isPublic,
      resolve,
      userAgent: AGENT,
    });
    await expect(list.read()).rejects.toThrow(/not public/);
    expect(site.journal).toEqual([]);
  });

  it('is not connected to by a name that means another one the next time', async () => {
    const { site, url } = await openSite();
    const { port } = new URL(url);
    const host = `http://blog.example:${port}`;
    site.files.set('/sitemap.xml', new URL(`${host}/again.xml`));
    site.files.set('/again.xml', urlset(['/secret']));
    const asked: string[] = [];
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve: Resolve = async (name) => {
      asked.push(name);
      return [{ address: answers.shift() ?? '10.0.0.1', family: 4 }];
    };
    const list = new SitemapPageList({
      url: `${host}/sitemap.xml`,
      mayConnect: isLoopback,
      userAgent: AGENT,
      resolve,
    });
    await expect(list.read()).rejects.toThrow(/not public/);
    expect(site.journal).toEqual(['/sitemap.xml']);
    expect(asked).toEqual(['blog.example', 'blog.example']);
  });
});

describe('a sitemap in a file', () => {
  it("is the demo blog's", async () => {
    const file = new URL('../../dist/site/sitemap.xml', import.meta.url).pathname;
    const { paths } = await new SitemapFilePageList(file).read();
    expect(paths).toContain('/posts/a-soup-that-waits/index.html');
  });

  it('has to be there', async () => {
    await expect(new SitemapFilePageList('/no/such/sitemap.xml').read()).rejects.toThrow(/ENOENT/);
  });
});
