import type { PageList, PageListing } from '../../domain/pages/page-list.ts';
import {
  type AddressGuard,
  type DownloadedFile,
  type DownloadRules,
  guardedDownload,
  type Resolve,
} from '../outbound/guarded-download.ts';
import { redirectTarget, siteFile } from './same-site.ts';
import { listingOf, type PlacedDocument } from './sitemap/listing.ts';
import { readDocuments } from './sitemap/reader.ts';

const FILE_TIMEOUT_MS = 5_000;
/** For all files together. */
const TIMEOUT_MS = 30_000;
/** Files in an index. */
const MAX_FILES = 50;
const FILES_AT_ONCE = 4;
/** Size of a file, and of all files together. */
const MAX_BYTES = 10_000_000;
const ACCEPT = 'application/xml, text/xml, */*;q=0.1';

/** The result of reading a file of an index, or why it failed. */
type Read<T> = { url: URL; got: T } | { url: URL; wrong: string };

/**
 * Lists the pages of a site from its sitemap, or from a sitemap index and its sitemaps on the same site.
 * An invalid entry or file is skipped. Reading fails only if no file can be read, or if a limit is
 * exceeded.
 */
export class SitemapPageList implements PageList {
  readonly #url: URL;
  readonly #guard: AddressGuard;
  readonly #rules: DownloadRules;
  readonly #closing = new AbortController();

  /**
   * @param options.url configured by the owner; never taken from a request
   * @param options.mayConnect whether connections to an address are allowed
   * @param options.resolve default: the system's resolver
   */
  constructor(options: {
    url: string;
    userAgent: string;
    mayConnect: (address: string) => boolean;
    resolve?: Resolve;
  }) {
    const { url, userAgent, mayConnect, resolve } = options;
    this.#url = new URL(url);
    this.#guard = { mayConnect, resolve };
    this.#rules = {
      // Some hosts reject requests without a user agent.
      headers: { 'User-Agent': userAgent, Accept: ACCEPT },
      maxBytes: MAX_BYTES,
      targetOf: sameSiteTarget,
    };
  }

  async read(): Promise<PageListing> {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#closing.signal]);
    const { bytes, url } = await this.#fetch(this.#url, signal);
    const [first] = await readDocuments([bytes], signal);
    if (!first) throw new Error('the sitemap was not read');
    if ('wrong' in first) throw new Error(first.wrong);
    if (first.kind !== 'sitemaps') return listingOf([{ ...first, url }], [], []);
    return this.#readIndex({ ...first, url }, signal);
  }

  close(): void {
    this.#closing.abort(new Error('the service is stopping'));
  }

  async #readIndex(index: PlacedDocument, signal: AbortSignal): Promise<PageListing> {
    const { files, foreign } = filesOf(index);
    const fetched = await this.#fetchAll(files, signal);
    const documents = await readAll(fetched, signal);
    const read = documents.flatMap((each) => ('got' in each ? [each.got] : []));
    const unread = documents.flatMap((each) =>
      'wrong' in each ? [`${each.url.href} cannot be read: ${each.wrong}`] : [],
    );
    if (read.length === 0 && unread[0] !== undefined) throw new Error(unread[0]);
    return listingOf(read, foreign, unread);
  }

  async #fetchAll(urls: readonly URL[], signal: AbortSignal): Promise<Read<DownloadedFile>[]> {
    const files: Read<DownloadedFile>[] = [];
    for (let at = 0; at < urls.length; at += FILES_AT_ONCE) {
      const some = urls.slice(at, at + FILES_AT_ONCE);
      files.push(...(await Promise.all(some.map((url) => this.#tryFetch(url, signal)))));
      if (bytesOf(files) > MAX_BYTES) {
        throw new Error(`the sitemaps are together larger than ${MAX_BYTES} bytes`);
      }
    }
    return files;
  }

  async #tryFetch(url: URL, signal: AbortSignal): Promise<Read<DownloadedFile>> {
    try {
      return { url, got: await this.#fetch(url, signal) };
    } catch (error) {
      // The time for the whole list is over, or the service stops.
      signal.throwIfAborted();
      return { url, wrong: (error as Error).message };
    }
  }

  #fetch(url: URL, signal: AbortSignal): Promise<DownloadedFile> {
    const timeout = AbortSignal.timeout(FILE_TIMEOUT_MS);
    return guardedDownload(url, this.#guard, this.#rules, AbortSignal.any([signal, timeout]));
  }
}

function sameSiteTarget(location: string | undefined, from: URL): URL {
  const target = redirectTarget(location, from);
  if (!target) throw new Error('it redirects to another host');
  return target;
}

function filesOf({ locations, url }: PlacedDocument): { files: URL[]; foreign: string[] } {
  const files = new Map<string, URL>();
  const foreign: string[] = [];
  for (const location of locations) {
    const file = siteFile(location, url);
    if (file) files.set(file.href, file);
    else foreign.push(location);
  }
  if (files.size === 0 && foreign.length > 0) {
    throw new Error('the sitemap index lists only files on another host');
  }
  if (files.size > MAX_FILES) {
    throw new Error(`the sitemap index lists more than ${MAX_FILES} files`);
  }
  return { files: [...files.values()], foreign };
}

async function readAll(
  files: readonly Read<DownloadedFile>[],
  signal: AbortSignal,
): Promise<Read<PlacedDocument>[]> {
  const fetched = files.flatMap((file) => ('got' in file ? [file.got] : []));
  const documents = await readDocuments(
    fetched.map(({ bytes }) => bytes),
    signal,
  );
  const failed = files.filter((file) => 'wrong' in file);
  const read = fetched.map(({ url }, index): Read<PlacedDocument> => {
    const document = documents[index];
    if (!document) return { url, wrong: 'it was not read' };
    if ('wrong' in document) return { url, wrong: document.wrong };
    if (document.kind === 'sitemaps') return { url, wrong: 'it is another index' };
    return { url, got: { ...document, url } };
  });
  return [...read, ...failed];
}

function bytesOf(files: readonly Read<DownloadedFile>[]): number {
  return files.reduce((sum, file) => sum + ('got' in file ? file.got.bytes.length : 0), 0);
}
