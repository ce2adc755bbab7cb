import type { PageList } from '../../domain/ports/page-list.ts';
import { type FetchGuard, guardedFetch, type Resolve, resolveBySystem } from './guarded-fetch.ts';
import type { SitemapDocument } from './sitemap-document.ts';
import { readDocuments } from './sitemap-reader.ts';

/** For one file, and for all of them together. */
const FILE_TIMEOUT_MS = 5_000;
const TIMEOUT_MS = 30_000;
/** Files that an index may name. */
const MOST_FILES = 50;
const FILES_AT_ONCE = 4;
const MOST_PAGES = 50_000;
/** Bytes of all files together, as they are sent. */
const MOST_BYTES = 10_000_000;

/**
 * The pages of a site by its sitemap, or by a sitemap index and the sitemaps on the same host that it
 * names. Whatever is wrong with any of it, there is no list.
 */
export class SitemapPageList implements PageList {
  readonly #url: URL;
  readonly #guard: FetchGuard;
  readonly #closing = new AbortController();

  /**
   * @param options.url configured by the owner; never one out of a request
   * @param options.mayConnect which addresses may be connected to
   * @param options.resolve the system's resolver by default
   */
  constructor(options: {
    url: string;
    mayConnect: (address: string) => boolean;
    resolve?: Resolve;
  }) {
    this.#url = new URL(options.url);
    this.#guard = { mayConnect: options.mayConnect, resolve: options.resolve ?? resolveBySystem };
  }

  async read(): Promise<readonly string[]> {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#closing.signal]);
    const first = await this.#fetch(this.#url, signal);
    const [document] = await readDocuments([first], signal);
    if (document?.kind === 'pages') return pathsIn([document]);
    const files = await this.#fetchAll(this.#filesOf(document), signal);
    const documents = await readDocuments(files, signal);
    if (documents.some(({ kind }) => kind !== 'pages')) {
      throw new Error('a sitemap index names another index');
    }
    return pathsIn(documents);
  }

  close(): void {
    this.#closing.abort(new Error('the service is stopping'));
  }

  #filesOf(index: SitemapDocument | undefined): URL[] {
    const urls = (index?.locations ?? []).map((location) => URL.parse(location));
    const own = urls
      .filter((url) => url !== null)
      .filter(({ origin }) => origin === this.#url.origin);
    if (own.length < urls.length) throw new Error('a sitemap index names a file on another host');
    if (own.length > MOST_FILES) {
      throw new Error(`a sitemap index names more than ${MOST_FILES} files`);
    }
    return own;
  }

  async #fetchAll(urls: readonly URL[], signal: AbortSignal): Promise<Buffer[]> {
    const files: Buffer[] = [];
    for (let at = 0; at < urls.length; at += FILES_AT_ONCE) {
      const some = urls.slice(at, at + FILES_AT_ONCE).map((url) => this.#fetch(url, signal));
      files.push(...(await Promise.all(some)));
      if (files.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) {
        throw new Error(`the sitemaps have more than ${MOST_BYTES} bytes`);
      }
    }
    return files;
  }

  #fetch(url: URL, signal: AbortSignal): Promise<Buffer> {
    const timeout = AbortSignal.timeout(FILE_TIMEOUT_MS);
    return guardedFetch(url, this.#guard, AbortSignal.any([signal, timeout]));
  }
}

/** What is no URL of the web names no page. */
function pathsIn(documents: readonly SitemapDocument[]): string[] {
  const locations = documents.flatMap((document) => document.locations);
  if (locations.length > MOST_PAGES) {
    throw new Error(`the sitemap lists more than ${MOST_PAGES} pages`);
  }
  return locations
    .map((location) => URL.parse(location))
    .filter((url) => url !== null)
    .filter(({ protocol }) => /^https?:$/.test(protocol))
    .map(({ pathname, search }) => pathname + search);
}
