import type { PageImage } from '../../images/image-labels.ts';
import { SingleFlight } from '../../kernel/concurrency.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { UpstreamHealth } from '../../monitoring/upstream-health.ts';
import type { PageRequest } from '../../pages/page.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ImagesBeingHidden } from '../moderation/images-being-hidden.ts';
import { findPlaced, type PlacedImage } from '../placement/place-image.ts';
import type { ReplaceFallback } from '../replace-fallback.ts';
import type { ResponseCache } from './response-cache.ts';

interface Deps {
  known: ResponseCache;
  store: ImageStore;
  replaceFallback: ReplaceFallback | undefined;
  beingHidden: ImagesBeingHidden;
  health: Pick<UpstreamHealth, 'isFailing'>;
  journal: Journal;
}

/** Serves cached responses and revalidates them in the background. */
export class RevalidateResponses {
  readonly #deps: Deps;
  readonly #checks = new SingleFlight<void>();
  readonly #healings = new SingleFlight<void>();
  #closed = false;

  /**
   * @param deps.replaceFallback absent if pages keep their fallbacks
   */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A page's cached response. If it is stale, it is revalidated in the background. */
  recall(request: PageRequest): PageImage | undefined {
    const { key } = request;
    const recalled = this.#deps.known.recall(key);
    if (recalled?.fresh) return recalled.image;
    const isFailing = this.#deps.health.isFailing('store');
    const image = recalled?.image ?? (isFailing ? this.#deps.known.staleIfError(key) : undefined);
    // While the store is down, one check at a time is enough to detect its recovery.
    const isLooking = isFailing && this.#checks.count > 0;
    if (image && !isLooking) void this.#checks.join(key, () => this.#check(request));
    return image;
  }

  /** Generates the page's own image in the background if it shows a fallback. */
  heal(request: PageRequest, placed: PlacedImage): void {
    const replaceFallback = this.#deps.replaceFallback;
    if (!replaceFallback || this.#closed) return;
    void this.#healings.join(request.key, async () => {
      const seenAt = this.#deps.known.withdrawals;
      const image = await replaceFallback.replace(request, placed);
      if (image) this.#deps.known.remember(request.key, { ...image, source: 'stored' }, seenAt);
    });
  }

  /** Starts no further generation. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves when all started work has ended. */
  async finished(): Promise<void> {
    await this.#checks.settled();
    await this.#healings.settled();
  }

  /** Detects images that others deleted or replaced. */
  async #check(request: PageRequest): Promise<void> {
    const { key } = request;
    const seenAt = this.#deps.known.withdrawals;
    try {
      const placed = await findPlaced(this.#deps.store, request);
      if (placed && this.#deps.beingHidden.areShownBy(placed.head)) {
        this.#deps.known.forget(key);
        return;
      }
      if (placed) {
        this.#deps.known.remember(key, placed.image, seenAt);
        this.heal(request, placed);
        return;
      }
      this.#deps.known.forget(key);
      this.#deps.journal.record({ event: 'page_vanished', key });
    } catch (cause) {
      this.#deps.known.staleIfError(key);
      this.#deps.journal.record({ event: 'page_check_failed', key, cause });
    }
  }
}
