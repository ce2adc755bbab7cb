import type { GeoLocator, Visitor } from '../countries/geo-locator.ts';
import type { PageImage } from '../images/image-labels.ts';
import { SingleFlight } from '../kernel/concurrency.ts';
import type { Departure, LoadShedding } from '../limits/load-shedding.ts';
import type { Page, PageRequest } from '../pages/page.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { PageTwins } from './admission/page-twins.ts';
import type { ServeFallback } from './fallback/serve-fallback.ts';
import type { ImagesBeingHidden } from './moderation/images-being-hidden.ts';
import { findPlaced, type PlacedImage } from './placement/place-image.ts';
import type { ResponseCache } from './response-cache/response-cache.ts';

interface Deps {
  locator: GeoLocator;
  store: ImageStore;
  keys: ImageKeys;
  known: ResponseCache;
  serveFallback: ServeFallback;
  beingHidden: ImagesBeingHidden;
  room: LoadShedding;
  /** Absent if there is no page list to show which name of a page is listed. */
  twins: PageTwins | undefined;
}

/**
 * Finds what a page shows to clients without scripts, such as feed readers and previews: its own
 * image, or one made for another page. It never generates or writes, because bots request arbitrary
 * pages.
 */
export class FindPageImage {
  readonly #deps: Deps;
  readonly #searches = new SingleFlight<PageImage | undefined>();

  /** @param deps.known the cache shared with the use case that serves page images */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * `undefined` if no image is known. An unknown page costs one lookup of its key and one of
   * another image, and never a listing.
   *
   * @throws CafeError `storage_unavailable`, `overloaded`
   */
  async find(page: Page, visitor: Visitor, departure?: Departure): Promise<PageImage | undefined> {
    const at = this.#deps.locator.recall(visitor);
    const recalled = at && this.#deps.known.recall(this.#deps.keys.page(page, at.country));
    return (
      recalled?.image ??
      this.#deps.room.wait(visitor.address, departure, () => this.#find(page, visitor))
    );
  }

  async #find(page: Page, visitor: Visitor): Promise<PageImage | undefined> {
    const { country, reliable } = await this.#deps.locator.locate(visitor);
    const key = this.#deps.keys.page(page, country);
    const recalled = this.#deps.known.recall(key);
    if (recalled) return recalled.image;
    const request = { page, country, countryIsReliable: reliable, key };
    return this.#searches.join(key, () =>
      this.#deps.room.search(visitor.address, () => this.#search(request)),
    );
  }

  async #search(request: PageRequest): Promise<PageImage | undefined> {
    const { key } = request;
    const seenAt = this.#deps.known.withdrawals;
    try {
      const placed = await this.#placed(request);
      if (placed) this.#deps.known.remember(key, placed.image, seenAt);
      else this.#deps.known.forget(key);
      return (
        placed?.image ??
        (await this.#findTwin(request)) ??
        (await this.#deps.serveFallback.suggest(request))
      );
    } catch (error) {
      const last = this.#deps.known.staleIfError(key);
      if (last) return last;
      throw error;
    }
  }

  /** The image of the same page under its other name. */
  async #findTwin(request: PageRequest): Promise<PageImage | undefined> {
    const other = this.#deps.twins?.otherName(request)?.other;
    return other && (await this.#placed(other))?.image;
  }

  async #placed(request: PageRequest): Promise<PlacedImage | undefined> {
    const placed = await findPlaced(this.#deps.store, request);
    return placed && this.#deps.beingHidden.areShownBy(placed.head) ? undefined : placed;
  }
}
