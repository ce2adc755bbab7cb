import type { BudgetLedger } from '../budget/budget-ledger.ts';
import { draining } from '../kernel/errors.ts';
import { SingleFlight } from '../kernel/single-flight.ts';
import type { PageRequest } from '../pages/page-request.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { ObjectHead } from '../storage/object-store.ts';
import type { GeneratePageImage } from './generate-page-image.ts';
import type { PageGeneration } from './page-generation.ts';
import { findPlaced } from './placement/placed-image.ts';
import type { ResponseCache } from './response-cache/response-cache.ts';

/**
 * Pictures that the owner asks for. They cost what any picture costs, none of other pages is shown
 * instead, and they go on when whoever asked has left.
 */
export class RegeneratePage {
  readonly #generatePageImage: GeneratePageImage;
  readonly #store: ImageStore;
  readonly #ledger: BudgetLedger;
  readonly #known: ResponseCache;
  readonly #regenerations = new SingleFlight<PageGeneration | undefined>();
  readonly #obtainings = new SingleFlight<PageGeneration | undefined>();
  #closed = false;

  constructor(deps: {
    generatePageImage: GeneratePageImage;
    store: ImageStore;
    ledger: BudgetLedger;
    known: ResponseCache;
  }) {
    this.#generatePageImage = deps.generatePageImage;
    this.#store = deps.store;
    this.#ledger = deps.ledger;
    this.#known = deps.known;
  }

  /**
   * Buys the page another picture, whatever it shows; of several who ask at once, one does. Where it
   * waits for approval, the page keeps what it shows until then. `undefined` where there is no budget
   * for it.
   *
   * @throws CafeError like {@link GeneratePageImage.generate}
   */
  async regenerate(request: PageRequest): Promise<PageGeneration | undefined> {
    if (this.#closed) throw draining();
    return this.#regenerations.join(request.key, async () => {
      const placed = await findPlaced(this.#store, request);
      return this.#generate(request, placed?.head);
    });
  }

  /**
   * The picture that the page shows, whichever, else a new one; `undefined` where there is no budget for
   * it.
   *
   * @throws CafeError like {@link GeneratePageImage.generate}
   */
  async obtain(request: PageRequest): Promise<PageGeneration | undefined> {
    if (this.#closed) throw draining();
    return this.#obtainings.join(request.key, async () => {
      const placed = await findPlaced(this.#store, request);
      return placed?.image ?? this.#generate(request);
    });
  }

  /** Takes on nothing more; resolves when all that was started has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#regenerations.settled(), this.#obtainings.settled()]);
    await this.#generatePageImage.finished();
  }

  async #generate(
    request: PageRequest,
    replacing?: ObjectHead,
  ): Promise<PageGeneration | undefined> {
    const seenAt = this.#known.withdrawals;
    const image = await this.#generatePageImage.generate(request, {
      ledger: this.#ledger,
      replacing,
    });
    if (image && !('awaitsReview' in image) && image.placed) {
      this.#known.remember(request.key, { ...image, source: 'stored' }, seenAt);
    }
    return image;
  }
}
