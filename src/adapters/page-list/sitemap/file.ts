import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { PageList, PageListing } from '../../../domain/pages/page-list.ts';
import { readDocument } from './document.ts';
import { listingOf } from './listing.ts';

/** Lists the pages of a site that was built locally, from its sitemap file. */
export class SitemapFilePageList implements PageList {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<PageListing> {
    const document = readDocument(await readFile(this.#file));
    return listingOf([{ ...document, url: pathToFileURL(this.#file) }], [], []);
  }

  close(): void {}
}
