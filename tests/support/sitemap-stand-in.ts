import { gzipSync } from 'node:zlib';
import { answerWith, type Fault, Hangs } from './faults.ts';
import type { FetchHandler } from './serve-fetch.ts';

/** A sitemap of pages at paths of a site. */
export function urlset(paths: readonly string[], site = 'https://blog.example'): string {
  const urls = paths.map((path) => `<url><loc>${site}${path}</loc></url>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls}\n</urlset>\n`;
}

/** A sitemap index of files, whose addresses are whole. */
export function sitemapIndex(urls: readonly string[]): string {
  const sitemaps = urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('');
  return `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${sitemaps}</sitemapindex>`;
}

/** So many zeros in gzip, a thousandth as large. */
export function gzipBomb(bytes: number): Buffer {
  return gzipSync(Buffer.alloc(bytes));
}

/** A site's web server, as far as its sitemaps go. */
export class SitemapStandIn {
  /** The paths asked for, in order. */
  readonly journal: string[] = [];
  /** Files by path: text or bytes; a URL is redirected to. */
  readonly files = new Map<string, string | Uint8Array | URL>();
  /** The headers of each request, in order. */
  readonly requests: Headers[] = [];
  readonly #hangs = new Hangs();
  #fault: Fault | undefined;

  /** Misbehaves from now on; `undefined` is back to normal, and answers who still waits. */
  fault(fault: Fault | undefined): void {
    this.#fault = fault;
    if (!fault) this.#hangs.release();
  }

  readonly handle: FetchHandler = async (request) => {
    const { pathname } = new URL(request.url);
    this.journal.push(pathname);
    this.requests.push(request.headers);
    const work = async () => this.#answer(pathname);
    if (!this.#fault) return work();
    return answerWith(
      this.#fault,
      request,
      work,
      (status) => Response.json({}, { status }),
      this.#hangs,
    );
  };

  #answer(pathname: string): Response {
    const file = this.files.get(pathname);
    if (file === undefined) return new Response('Not found', { status: 404 });
    if (file instanceof URL) return Response.redirect(file, 302);
    return new Response(typeof file === 'string' ? file : Buffer.from(file));
  }
}
