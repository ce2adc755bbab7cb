import { countryByCode } from '../country.ts';
import type { GenerationRecord } from '../generation.ts';
import type { ImageKeys, PoolPicture } from '../image-key.ts';
import type { PageRequest } from '../page-request.ts';
import type { PlacementSource, Placements } from '../placements.ts';

/** A page that has, or had, a picture. */
export interface PictureOnPage {
  request: PageRequest;
  source: PlacementSource;
}

/** A page by its key. What else is known of it is read when its turn comes, as there may be thousands. */
export interface PageOfPicture {
  key: string;
  /** Resolves with `undefined` where what is written of it cannot be read. */
  open(): Promise<PictureOnPage | undefined>;
}

/** Finds the pages of a picture. */
export class PagesOfPicture {
  readonly #keys: ImageKeys;
  readonly #placements: Placements;

  constructor(deps: { keys: ImageKeys; placements: Placements }) {
    this.#keys = deps.keys;
    this.#placements = deps.placements;
  }

  /**
   * All that ever got it, the one that it was made for first.
   *
   * @throws CafeError `storage_unavailable`
   */
  async all({ id }: PoolPicture, record: GenerationRecord | undefined): Promise<PageOfPicture[]> {
    const pages = this.own(record);
    const [own] = pages;
    for await (const key of this.#placements.pagesOf(id)) {
      if (key !== own?.key) pages.push({ key, open: () => this.#open(id, key) });
    }
    return pages;
  }

  /** The one that it was made for, where that is known. */
  own(record: GenerationRecord | undefined): PageOfPicture[] {
    if (!record?.page) return [];
    const { page } = record;
    const country = countryByCode(record.country);
    const key = this.#keys.page(page, country);
    const request = { page, country, countryIsReliable: true, key };
    return [{ key, open: async () => ({ request, source: 'own' }) }];
  }

  async #open(id: string, key: string): Promise<PictureOnPage | undefined> {
    const placement = await this.#placements.read(id, key);
    if (!placement) return undefined;
    const country = countryByCode(placement.country);
    const request = { page: placement.page, country, countryIsReliable: true, key };
    return { request, source: placement.source };
  }
}
