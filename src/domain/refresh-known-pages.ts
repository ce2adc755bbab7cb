import { Flights } from './flights.ts';
import type { HealPage } from './heal-page.ts';
import type { KnownPages } from './known-pages.ts';
import type { PageImage } from './page-image.ts';
import type { PageRequest } from './page-request.ts';
import type { PicturesBeingHidden } from './pictures-being-hidden.ts';
import { findPlaced, type PlacedImage } from './placed-image.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';

/** Tells what pages are known to show, and keeps that true behind the readers' backs. */
export class RefreshKnownPages {
  readonly #known: KnownPages;
  readonly #store: ImageStore;
  readonly #healPage: HealPage | undefined;
  readonly #beingHidden: PicturesBeingHidden;
  readonly #isStoreFailing: () => boolean;
  readonly #journal: Journal;
  readonly #checks = new Flights<void>();
  readonly #healings = new Flights<void>();
  #closed = false;

  /**
   * @param deps.healPage absent where pages that show another's picture keep it
   * @param deps.isStoreFailing whether the store's last call failed
   */
  constructor(deps: {
    known: KnownPages;
    store: ImageStore;
    healPage: HealPage | undefined;
    beingHidden: PicturesBeingHidden;
    isStoreFailing: () => boolean;
    journal: Journal;
  }) {
    this.#known = deps.known;
    this.#store = deps.store;
    this.#healPage = deps.healPage;
    this.#beingHidden = deps.beingHidden;
    this.#isStoreFailing = deps.isStoreFailing;
    this.#journal = deps.journal;
  }

  /** What a page is known to show; where that is not fresh, it is checked, for which nobody waits. */
  recall(request: PageRequest): PageImage | undefined {
    const { key } = request;
    const recalled = this.#known.recall(key);
    if (recalled?.fresh) return recalled.image;
    const isFailing = this.#isStoreFailing();
    const image = recalled?.image ?? (isFailing ? this.#known.cling(key) : undefined);
    // While the store is away, one look at a time is enough to find out that it is back.
    const isLooking = isFailing && this.#checks.count > 0;
    if (image && !isLooking) void this.#checks.join(key, () => this.#check(request));
    return image;
  }

  /** Buys a page that shows another's picture one of its own, for which nobody waits. */
  heal(request: PageRequest, placed: PlacedImage): void {
    const healPage = this.#healPage;
    if (!healPage || this.#closed) return;
    void this.#healings.join(request.key, async () => {
      const seenAt = this.#known.withdrawals;
      const image = await healPage.heal(request, placed);
      if (image) this.#known.remember(request.key, { ...image, source: 'stored' }, seenAt);
    });
  }

  /** Buys nothing more. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves when all that was started has ended. */
  async finished(): Promise<void> {
    await this.#checks.landed();
    await this.#healings.landed();
  }

  /** Notices pictures that were deleted or replaced behind the service's back. */
  async #check(request: PageRequest): Promise<void> {
    const { key } = request;
    const seenAt = this.#known.withdrawals;
    try {
      const placed = await findPlaced(this.#store, request);
      if (placed && this.#beingHidden.areShownBy(placed.head)) {
        this.#known.forget(key);
        return;
      }
      if (placed) {
        this.#known.remember(key, placed.image, seenAt);
        this.heal(request, placed);
        return;
      }
      this.#known.forget(key);
      this.#journal.record({ event: 'page_vanished', key });
    } catch (cause) {
      this.#known.cling(key);
      this.#journal.record({ event: 'page_check_failed', key, cause });
    }
  }
}
