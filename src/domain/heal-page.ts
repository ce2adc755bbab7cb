import { BoundedMap } from './bounded-map.ts';
import { type Day, dayAt } from './day.ts';
import { CafeError } from './errors.ts';
import { isFallback, type PageImage } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { PaintPage } from './paint-page.ts';
import type { PlacedImage } from './placed-image.ts';
import type { BudgetLedger } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { Journal } from './ports/journal.ts';
import type { PurchasePolicy } from './purchase-policy.ts';

/** Pages that are remembered for having been tried. */
const MOST_PAGES = 10_000;

/** Buys pages that show another's picture one of their own, while there is budget to spare. */
export class HealPage {
  readonly #paintPage: PaintPage;
  readonly #ledger: BudgetLedger;
  readonly #policy: PurchasePolicy | undefined;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #tried = new BoundedMap<string, Day>(MOST_PAGES);

  /** @param deps.ledger of what may be used for healing, which is less than the whole budget */
  constructor(deps: {
    paintPage: PaintPage;
    ledger: BudgetLedger;
    /** Absent where everybody's visit may lead to a purchase. */
    policy: PurchasePolicy | undefined;
    clock: Clock;
    journal: Journal;
  }) {
    this.#paintPage = deps.paintPage;
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
  async heal(
    request: PageRequest,
    { head }: Pick<PlacedImage, 'head'>,
  ): Promise<PageImage | undefined> {
    const today = dayAt(this.#clock.now());
    if (!isFallback(head) || this.#ledger.isSpent(today)) return undefined;
    if (this.#tried.get(request.key) === today || this.#paintPage.refusal()) return undefined;
    if (this.#policy && !(await this.#policy.allows(request))) return undefined;
    this.#tried.set(request.key, today);
    const { key } = request;
    try {
      const image = await this.#paintPage.paint(request, { ledger: this.#ledger, replacing: head });
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
