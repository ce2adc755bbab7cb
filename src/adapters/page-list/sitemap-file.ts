import { readFile } from 'node:fs/promises';
import type { PageList } from '../../domain/ports/page-list.ts';
import { readDocument } from './sitemap-document.ts';

/** The pages of a site that was built on this machine, by its small sitemap. */
export class SitemapFilePageList implements PageList {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<readonly string[]> {
    const { locations } = readDocument(await readFile(this.#file));
    const urls = locations.map((location) => new URL(location));
    return urls.map(({ pathname, search }) => pathname + search);
  }

  close(): void {}
}
