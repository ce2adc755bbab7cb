import { type CountryCode, countryByCode } from '../../countries/country.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Day } from '../../kernel/day.ts';
import { PAGE_TYPES, type Page, type PageRequest } from '../../pages/page.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { putJson } from '../../storage/stored-objects.ts';

/** How an image came to a page. */
export type PlacementSource =
  /** Made for the page. */
  | 'own'
  /** Made for another page, and chosen as a fallback. */
  | 'fallback'
  /** Made for another page, and chosen by the owner. */
  | 'pinned';

/** Records that a page in a country received an image. It may show another by now. */
export interface Placement {
  page: Page;
  /** `null` for readers whose country is unknown. */
  country: CountryCode | null;
  source: PlacementSource;
  /** The image's own day and country, which are parts of its name. */
  picture: { day: Day; country: CountryCode | null };
  /** ISO 8601, UTC. */
  at: string;
}

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  /** Outside the public prefix, without leading or trailing slash. */
  recordsPrefix: string;
  clock: Clock;
}

/**
 * Records which pages received which image, so that an image's pages are found without a scan of
 * all pages. One small object per image and page,
 * `{records}/shown/{generation}/{type}/{path}-{country}.json`, written before the image is placed.
 * A recorded page may show another image, but no page is missing.
 */
export class PlacementIndex {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Records that the page is about to get the image.
   *
   * @throws CafeError `storage_unavailable`
   */
  async write(
    { key, page, country }: Pick<PageRequest, 'key' | 'page' | 'country'>,
    picture: PoolImage,
    source: PlacementSource,
  ): Promise<void> {
    const placement: Placement = {
      page: { type: page.type, path: page.path },
      country: country?.code ?? null,
      source,
      picture: { day: picture.day, country: picture.country?.code ?? null },
      at: new Date(this.#deps.clock.now()).toISOString(),
    };
    await putJson(this.#deps.store, this.#keyOf(picture.id, key), placement);
  }

  /**
   * The record of an image on a page; `undefined` if it is missing or malformed.
   *
   * @throws CafeError `storage_unavailable`
   */
  async read(id: string, pageKey: string): Promise<Placement | undefined> {
    const object = await this.#deps.store.get(this.#keyOf(id, pageKey));
    return object && parsePlacement(object.bytes);
  }

  /** The keys of all pages that ever received the image. */
  async *pagesOf(id: string): AsyncGenerator<string> {
    const prefix = this.#prefixOf(id);
    for await (const { key } of this.#deps.store.list(prefix)) {
      const pageKey = this.#deps.keys.pageNamed(key.slice(prefix.length, -'.json'.length));
      if (this.#deps.keys.parse(pageKey)?.kind === 'page') yield pageKey;
    }
  }

  #keyOf(id: string, pageKey: string): string {
    return `${this.#prefixOf(id)}${this.#deps.keys.pageName(pageKey)}.json`;
  }

  #prefixOf(id: string): string {
    return `${this.#deps.recordsPrefix}/shown/${id}/`;
  }
}

/** The owner may have edited the object by hand. */
function parsePlacement(bytes: Uint8Array): Placement | undefined {
  try {
    const found = JSON.parse(Buffer.from(bytes).toString()) as Partial<Placement> | null;
    const isWhole =
      PAGE_TYPES.some((type) => type === found?.page?.type) &&
      typeof found?.page?.path === 'string' &&
      isCountry(found.country) &&
      /^\d{4}\/\d{2}\/\d{2}$/.test(String(found.picture?.day)) &&
      isCountry(found.picture?.country) &&
      typeof found.at === 'string';
    return isWhole ? (found as Placement) : undefined;
  } catch {
    return undefined;
  }
}

function isCountry(code: unknown): boolean {
  return code === null || countryByCode(code) !== undefined;
}
