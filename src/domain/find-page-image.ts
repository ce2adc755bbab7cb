import type { FallBack } from './fall-back.ts';
import { Flights } from './flights.ts';
import type { ImageKeys } from './image-key.ts';
import type { KnownPages } from './known-pages.ts';
import type { Page } from './page.ts';
import type { PageImage } from './page-image.ts';
import type { PageRequest } from './page-request.ts';
import type { PageTwins } from './page-twins.ts';
import type { PicturesBeingHidden } from './pictures-being-hidden.ts';
import { findPlaced, type PlacedImage } from './placed-image.ts';
import type { GeoLocator, Visitor } from './ports/geo-locator.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Departure, WaitingRoom } from './waiting-room.ts';

/**
 * What a page shows a reader whose browser runs no script, a feed reader or a preview: its picture, or
 * one made for another page. It neither buys nor writes anything, for robots ask for any page.
 */
export class FindPageImage {
  readonly #locator: GeoLocator;
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #known: KnownPages;
  readonly #fallBack: FallBack;
  readonly #beingHidden: PicturesBeingHidden;
  readonly #room: WaitingRoom;
  readonly #twins: PageTwins | undefined;
  readonly #searches = new Flights<PageImage | undefined>();

  /** @param deps.known shared with those who serve pages their pictures */
  constructor(deps: {
    locator: GeoLocator;
    store: ImageStore;
    keys: ImageKeys;
    known: KnownPages;
    fallBack: FallBack;
    beingHidden: PicturesBeingHidden;
    room: WaitingRoom;
    /** Absent where nothing says which names of a page its site lists. */
    twins: PageTwins | undefined;
  }) {
    this.#locator = deps.locator;
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#known = deps.known;
    this.#fallBack = deps.fallBack;
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
        placed?.image ?? (await this.#findTwin(request)) ?? (await this.#fallBack.suggest(request))
      );
    } catch (error) {
      const last = this.#known.cling(key);
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
