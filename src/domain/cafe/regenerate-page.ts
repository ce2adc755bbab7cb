import type { BudgetLedger } from '../budget/budget-ledger.ts';
import { SingleFlight } from '../kernel/concurrency.ts';
import { draining } from '../kernel/errors.ts';
import type { PageRequest } from '../pages/page.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { ObjectHead } from '../storage/object-store.ts';
import type { GeneratePageImage } from './generate-page-image.ts';
import type { PageGeneration } from './page-generation.ts';
import { findPlaced } from './placement/place-image.ts';
import type { ResponseCache } from './response-cache/response-cache.ts';

interface Deps {
  generatePageImage: GeneratePageImage;
  store: ImageStore;
  ledger: BudgetLedger;
  known: ResponseCache;
}

/**
 * Generates images on the owner's request. They count against the budget, are never replaced by
 * fallbacks, and continue after the request has ended.
 */
export class RegeneratePage {
  readonly #deps: Deps;
  readonly #regenerations = new SingleFlight<PageGeneration | undefined>();
  readonly #obtainings = new SingleFlight<PageGeneration | undefined>();
  #closed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Generates another image for the page, even if it shows its own. Concurrent requests share one
   * generation. If the new image waits for approval, the page keeps its current image until then.
   * `undefined` if the budget is used up.
   *
   * @throws CafeError like {@link GeneratePageImage.generate}
   */
  async regenerate(request: PageRequest): Promise<PageGeneration | undefined> {
    if (this.#closed) throw draining();
    return this.#regenerations.join(request.key, async () => {
      const placed = await findPlaced(this.#deps.store, request);
      return this.#generate(request, placed?.head);
    });
  }

  /**
   * The image that the page shows, of any kind, else a new one; `undefined` if the budget is used
   * up.
   *
   * @throws CafeError like {@link GeneratePageImage.generate}
   */
  async obtain(request: PageRequest): Promise<PageGeneration | undefined> {
    if (this.#closed) throw draining();
    return this.#obtainings.join(request.key, async () => {
      const placed = await findPlaced(this.#deps.store, request);
      return placed?.image ?? this.#generate(request);
    });
  }

  /** Accepts no further work; resolves when all started work has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#regenerations.settled(), this.#obtainings.settled()]);
    await this.#deps.generatePageImage.finished();
  }

  async #generate(
    request: PageRequest,
    replacing?: ObjectHead,
  ): Promise<PageGeneration | undefined> {
    const seenAt = this.#deps.known.withdrawals;
    const image = await this.#deps.generatePageImage.generate(request, {
      ledger: this.#deps.ledger,
      replacing,
    });
    if (image && !('awaitsReview' in image) && image.placed) {
      this.#deps.known.remember(request.key, { ...image, source: 'stored' }, seenAt);
    }
    return image;
  }
}
