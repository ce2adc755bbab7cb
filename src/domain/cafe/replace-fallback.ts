import type { BudgetLedger } from '../budget/budget-ledger.ts';
import { isFallback, type PageImage } from '../images/image-labels.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../pages/page-request.ts';
import type { GenerationPolicy } from './admission/generation-policy.ts';
import type { GeneratePageImage } from './generate-page-image.ts';
import type { PlacedImage } from './placement/placed-image.ts';

/** Pages that are remembered for having been tried. */
const MAX_PAGES = 10_000;

/** Buys pages that show another's picture one of their own, while there is budget to spare. */
export class ReplaceFallback {
  readonly #generatePageImage: GeneratePageImage;
  readonly #ledger: BudgetLedger;
  readonly #policy: GenerationPolicy | undefined;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #tried = new BoundedMap<string, Day>(MAX_PAGES);

  /** @param deps.ledger of what may be used for healing, which is less than the whole budget */
  constructor(deps: {
    generatePageImage: GeneratePageImage;
    ledger: BudgetLedger;
    /** Absent where everybody's visit may lead to a purchase. */
    policy: GenerationPolicy | undefined;
    clock: Clock;
    journal: Journal;
  }) {
    this.#generatePageImage = deps.generatePageImage;
    this.#ledger = deps.ledger;
    this.#policy = deps.policy;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * The page's new picture; `undefined` where it needs none, there is no budget for it, it may not be
   * bought for who asks, it waits for the owner's approval, or it failed. What was tried is not tried again
   * on the same day, unless it was the budget that it lacked: that is known from then on, and no page
   * tries before there is more. Never throws.
   */
  async replace(request: PageRequest, { head }: PlacedImage): Promise<PageImage | undefined> {
    const today = dayAt(this.#clock.now());
    if (!isFallback(head) || this.#ledger.isSpent(today)) return undefined;
    if (this.#tried.get(request.key) === today || this.#generatePageImage.refusal())
      return undefined;
    if (this.#policy && !(await this.#policy.allows(request))) return undefined;
    this.#tried.set(request.key, today);
    const { key } = request;
    try {
      const image = await this.#generatePageImage.generate(request, {
        ledger: this.#ledger,
        replacing: head,
      });
      if (!image) this.#tried.delete(key);
      if (!image || 'awaitsReview' in image || !image.placed) return undefined;
      if (image.source === 'generated') {
        this.#journal.record({ ...aboutPage(request), event: 'page_healed', key });
      }
      return image;
    } catch (cause) {
      if (cause instanceof CafeError && cause.code === 'draining') return undefined;
      this.#journal.record({ ...aboutPage(request), event: 'page_healing_failed', key, cause });
      return undefined;
    }
  }
}
