import type { GeoLocator, Visitor } from '../countries/geo-locator.ts';
import type { PageImage } from '../images/image-labels.ts';
import { SingleFlight } from '../kernel/single-flight.ts';
import type { Departure, LoadShedding } from '../limits/load-shedding.ts';
import type { Page } from '../pages/page.ts';
import type { PageRequest } from '../pages/page-request.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { PageTwins } from './admission/page-twins.ts';
import type { ServeFallback } from './fallback/serve-fallback.ts';
import type { ImagesBeingHidden } from './moderation/images-being-hidden.ts';
import { findPlaced, type PlacedImage } from './placement/placed-image.ts';
import type { ResponseCache } from './response-cache/response-cache.ts';

/**
 * What a page shows a reader whose browser runs no script, a feed reader or a preview: its picture, or
 * one made for another page. It neither buys nor writes anything, for robots ask for any page.
 */
export class FindPageImage {
  readonly #locator: GeoLocator;
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #known: ResponseCache;
  readonly #serveFallback: ServeFallback;
  readonly #beingHidden: ImagesBeingHidden;
  readonly #room: LoadShedding;
  readonly #twins: PageTwins | undefined;
  readonly #searches = new SingleFlight<PageImage | undefined>();

  /** @param deps.known shared with those who serve pages their pictures */
  constructor(deps: {
    locator: GeoLocator;
    store: ImageStore;
    keys: ImageKeys;
    known: ResponseCache;
    serveFallback: ServeFallback;
    beingHidden: ImagesBeingHidden;
    room: LoadShedding;
    /** Absent where nothing says which names of a page its site lists. */
    twins: PageTwins | undefined;
  }) {
    this.#locator = deps.locator;
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#known = deps.known;
    this.#serveFallback = deps.serveFallback;
    this.#beingHidden = deps.beingHidden;
    this.#room = deps.room;
    this.#twins = deps.twins;
  }

  /**
   * `undefined` where no picture is known at all. A page that is not known costs one look at its key
   * and one at another's picture, and never a listing.
   *
   * @throws CafeError `storage_unavailable`, `overloaded`
   */
  async find(page: Page, visitor: Visitor, departure?: Departure): Promise<PageImage | undefined> {
    const at = this.#locator.recall(visitor);
    const recalled = at && this.#known.recall(this.#keys.page(page, at.country));
    return (
      recalled?.image ??
      this.#room.wait(visitor.address, departure, () => this.#find(page, visitor))
    );
  }

  async #find(page: Page, visitor: Visitor): Promise<PageImage | undefined> {
    const { country, reliable } = await this.#locator.locate(visitor);
    const key = this.#keys.page(page, country);
    const recalled = this.#known.recall(key);
    if (recalled) return recalled.image;
    const request = { page, country, countryIsReliable: reliable, key };
    return this.#searches.join(key, () =>
      this.#room.search(visitor.address, () => this.#search(request)),
    );
  }

  async #search(request: PageRequest): Promise<PageImage | undefined> {
    const { key } = request;
    const seenAt = this.#known.withdrawals;
    try {
      const placed = await this.#placed(request);
      if (placed) this.#known.remember(key, placed.image, seenAt);
      else this.#known.forget(key);
      return (
        placed?.image ??
        (await this.#findTwin(request)) ??
        (await this.#serveFallback.suggest(request))
      );
    } catch (error) {
      const last = this.#known.staleIfError(key);
      if (last) return last;
      throw error;
    }
  }

  /** What the same page shows by its other name. */
  async #findTwin(request: PageRequest): Promise<PageImage | undefined> {
    const other = this.#twins?.otherName(request)?.other;
    return other && (await this.#placed(other))?.image;
  }

  async #placed(request: PageRequest): Promise<PlacedImage | undefined> {
    const placed = await findPlaced(this.#store, request);
    return placed && this.#beingHidden.areShownBy(placed.head) ? undefined : placed;
  }
}
