import type { GenerationRecord } from '../../budget/generation-record.ts';
import { countryByCode } from '../../countries/country.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { PlacementIndex, PlacementSource } from '../placement/placement-index.ts';

/** A page that has, or had, a picture. */
export interface ImageOnPage {
  request: PageRequest;
  source: PlacementSource;
}

/** A page by its key. What else is known of it is read when its turn comes, as there may be thousands. */
export interface PageOfImage {
  key: string;
  /** Resolves with `undefined` where what is written of it cannot be read. */
  open(): Promise<ImageOnPage | undefined>;
}

/** Finds the pages of a picture. */
export class PagesOfImage {
  readonly #keys: ImageKeys;
  readonly #placementIndex: PlacementIndex;

  constructor(deps: { keys: ImageKeys; placementIndex: PlacementIndex }) {
    this.#keys = deps.keys;
    this.#placementIndex = deps.placementIndex;
  }

  /**
   * All that ever got it, the one that it was made for first.
   *
   * @throws CafeError `storage_unavailable`
   */
  async all({ id }: PoolImage, record: GenerationRecord | undefined): Promise<PageOfImage[]> {
    const pages = this.own(record);
    const [own] = pages;
    for await (const key of this.#placementIndex.pagesOf(id)) {
      if (key !== own?.key) pages.push({ key, open: () => this.#open(id, key) });
    }
    return pages;
  }

  /** The one that it was made for, where that is known. */
  own(record: GenerationRecord | undefined): PageOfImage[] {
    if (!record?.page) return [];
    const { page } = record;
    const country = countryByCode(record.country);
    const key = this.#keys.page(page, country);
    const request = { page, country, countryIsReliable: true, key };
    return [{ key, open: async () => ({ request, source: 'own' }) }];
  }

  async #open(id: string, key: string): Promise<ImageOnPage | undefined> {
    const placement = await this.#placementIndex.read(id, key);
    if (!placement) return undefined;
    const country = countryByCode(placement.country);
    const request = { page: placement.page, country, countryIsReliable: true, key };
    return { request, source: placement.source };
  }
}
