import type { GenerationRecord } from '../budget/generation-record.ts';
import { placedUrl } from '../cafe/placement/place-image.ts';
import type {
  Placement,
  PlacementIndex,
  PlacementSource,
} from '../cafe/placement/placement-index.ts';
import { countryByCode } from '../countries/country.ts';
import { isFallback, labellingOf, type Picture, pictureOf } from '../images/image-labels.ts';
import { inBatches } from '../kernel/concurrency.ts';
import type { PageType } from '../pages/page.ts';
import type { ImageKey, ImageKeys, PoolImage } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';

/** What a page shows in a country. */
export interface ShownPage {
  key: string;
  type: PageType;
  /** The readable part of its key, which does not always determine the path. */
  slug: string;
  /** Absent if no placement is recorded. */
  path: string | undefined;
  /** `null` for readers whose country is unknown. */
  country: string | null;
  url: string;
  /** The image it shows. */
  shown: Picture;
  /** The generation that made the image; absent for an image from elsewhere. */
  generation: string | undefined;
  /** Absent if no placement is recorded. */
  picture: PoolImage | undefined;
  source: PlacementSource | undefined;
  /** ISO 8601, UTC: when it received the image. */
  at: string | undefined;
  /** Bytes. */
  size: number;
}

/** Concurrent calls. */
const AT_ONCE = 16;

interface Deps {
  store: ImageStore;
  keys: ImageKeys;
  placementIndex: PlacementIndex;
}

/** Looks up what pages show now. */
export class ShownPages {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The objects under these keys, in the same order, without missing ones.
   *
   * @throws CafeError `storage_unavailable`
   */
  async look(pageKeys: readonly string[]): Promise<ShownPage[]> {
    const pages = await inBatches(pageKeys, AT_ONCE, (key) => this.#lookAt(key));
    return pages.filter((page) => page !== undefined);
  }

  /**
   * The pages that show an image now, its own page first.
   *
   * @param record of the image, if there is one
   * @throws CafeError `storage_unavailable`
   */
  async *showing(id: string, record: GenerationRecord | undefined): AsyncGenerator<ShownPage> {
    const own = record?.page && this.#deps.keys.page(record.page, countryByCode(record.country));
    let some = own ? [own] : [];
    for await (const key of this.#deps.placementIndex.pagesOf(id)) {
      if (key !== own) some.push(key);
      if (some.length < AT_ONCE) continue;
      yield* await this.#stillShowing(id, some);
      some = [];
    }
    yield* await this.#stillShowing(id, some);
  }

  async #stillShowing(id: string, pageKeys: readonly string[]): Promise<ShownPage[]> {
    return (await this.look(pageKeys)).filter(({ generation }) => generation === id);
  }

  async #lookAt(key: string): Promise<ShownPage | undefined> {
    const parsed = this.#deps.keys.parse(key);
    const head = await this.#deps.store.head(key);
    if (!head || parsed?.kind !== 'page') return undefined;
    const { generation, revision } = labellingOf(head);
    const placement = generation
      ? await this.#deps.placementIndex.read(generation, key)
      : undefined;
    return {
      key,
      ...aboutKey(parsed),
      path: placement?.page.path,
      url: placedUrl(this.#deps.store, key, revision),
      shown: pictureOf(head, parsed.country),
      generation,
      picture: generation && placement ? pictureIn(generation, placement) : undefined,
      source: placement?.source ?? (isFallback(head) ? 'fallback' : undefined),
      at: placement?.at,
      size: head.size,
    };
  }
}

function aboutKey({ type, slug, country }: ImageKey & { kind: 'page' }) {
  return { type, slug, country: country?.code ?? null };
}

function pictureIn(id: string, { picture }: Placement): PoolImage {
  return { id, day: picture.day, country: countryByCode(picture.country) };
}
