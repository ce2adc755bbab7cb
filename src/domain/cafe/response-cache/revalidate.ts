import type { PageImage } from '../../images/image-labels.ts';
import { SingleFlight } from '../../kernel/single-flight.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ImagesBeingHidden } from '../moderation/images-being-hidden.ts';
import { findPlaced, type PlacedImage } from '../placement/placed-image.ts';
import type { ReplaceFallback } from '../replace-fallback.ts';
import type { ResponseCache } from './response-cache.ts';

/** Tells what pages are known to show, and keeps that true behind the readers' backs. */
export class RevalidateResponses {
  readonly #known: ResponseCache;
  readonly #store: ImageStore;
  readonly #replaceFallback: ReplaceFallback | undefined;
  readonly #beingHidden: ImagesBeingHidden;
  readonly #isStoreFailing: () => boolean;
  readonly #journal: Journal;
  readonly #checks = new SingleFlight<void>();
  readonly #healings = new SingleFlight<void>();
  #closed = false;

  /**
   * @param deps.replaceFallback absent where pages that show another's picture keep it
   * @param deps.isStoreFailing whether the store's last call failed
   */
  constructor(deps: {
    known: ResponseCache;
    store: ImageStore;
    replaceFallback: ReplaceFallback | undefined;
    beingHidden: ImagesBeingHidden;
    isStoreFailing: () => boolean;
    journal: Journal;
  }) {
    this.#known = deps.known;
    this.#store = deps.store;
    this.#replaceFallback = deps.replaceFallback;
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
    const image = recalled?.image ?? (isFailing ? this.#known.staleIfError(key) : undefined);
    // While the store is away, one look at a time is enough to find out that it is back.
    const isLooking = isFailing && this.#checks.count > 0;
    if (image && !isLooking) void this.#checks.join(key, () => this.#check(request));
    return image;
  }

  /** Buys a page that shows another's picture one of its own, for which nobody waits. */
  heal(request: PageRequest, placed: PlacedImage): void {
    const replaceFallback = this.#replaceFallback;
    if (!replaceFallback || this.#closed) return;
    void this.#healings.join(request.key, async () => {
      const seenAt = this.#known.withdrawals;
      const image = await replaceFallback.replace(request, placed);
      if (image) this.#known.remember(request.key, { ...image, source: 'stored' }, seenAt);
    });
  }

  /** Buys nothing more. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves when all that was started has ended. */
  async finished(): Promise<void> {
    await this.#checks.settled();
    await this.#healings.settled();
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
      this.#known.staleIfError(key);
      this.#journal.record({ event: 'page_check_failed', key, cause });
    }
  }
}
