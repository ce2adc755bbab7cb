import type { GenerationRecord } from '../../budget/generation-record.ts';
import { countryByCode } from '../../countries/country.ts';
import type { PageRequest } from '../../pages/page.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { PlacementIndex, PlacementSource } from '../placement/placement-index.ts';

/** A page that shows, or showed, an image. */
export interface ImageOnPage {
  request: PageRequest;
  source: PlacementSource;
}

/** A page by its key. Its details are read one by one, because there may be thousands. */
export interface PageOfImage {
  key: string;
  /** Resolves with `undefined` if its placement cannot be read. */
  open(): Promise<ImageOnPage | undefined>;
}

interface Deps {
  keys: ImageKeys;
  placementIndex: PlacementIndex;
}

/** Finds the pages of an image. */
export class PagesOfImage {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * All pages that ever received it, its own page first.
   *
   * @throws CafeError `storage_unavailable`
   */
  async all({ id }: PoolImage, record: GenerationRecord | undefined): Promise<PageOfImage[]> {
    const pages = this.own(record);
    const [own] = pages;
    for await (const key of this.#deps.placementIndex.pagesOf(id)) {
      if (key !== own?.key) pages.push({ key, open: () => this.#open(id, key) });
    }
    return pages;
  }

  /** The page it was made for, if known. */
  own(record: GenerationRecord | undefined): PageOfImage[] {
    if (!record?.page) return [];
    const { page } = record;
    const country = countryByCode(record.country);
    const key = this.#deps.keys.page(page, country);
    const request = { page, country, countryIsReliable: true, key };
    return [{ key, open: async () => ({ request, source: 'own' }) }];
  }

  async #open(id: string, key: string): Promise<ImageOnPage | undefined> {
    const placement = await this.#deps.placementIndex.read(id, key);
    if (!placement) return undefined;
    const country = countryByCode(placement.country);
    const request = { page: placement.page, country, countryIsReliable: true, key };
    return { request, source: placement.source };
  }
}
