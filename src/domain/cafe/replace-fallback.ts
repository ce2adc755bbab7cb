import type { BudgetLedger } from '../budget/budget-ledger.ts';
import { isFallback, type PageImage } from '../images/image-labels.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../pages/page.ts';
import type { GenerationPolicy } from './admission/generation-policy.ts';
import type { GeneratePageImage } from './generate-page-image.ts';
import type { PlacedImage } from './placement/place-image.ts';

/** Capacity: pages remembered as tried. */
const MAX_PAGES = 10_000;

interface Deps {
  generatePageImage: GeneratePageImage;
  ledger: BudgetLedger;
  /** Absent if every request may trigger generation. */
  policy: GenerationPolicy | undefined;
  clock: Clock;
  journal: Journal;
}

/** Replaces fallbacks with the page's own image while the budget allows. */
export class ReplaceFallback {
  readonly #deps: Deps;
  readonly #tried = new BoundedMap<string, Day>(MAX_PAGES);

  /** @param deps.ledger the budget for replacing fallbacks, which is less than the whole */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The page's new image. `undefined` if it needs none, the budget does not allow it, the rules do
   * not allow it for this reader, it waits for approval, or it failed. A page is tried once a day,
   * unless the budget was the reason: that is remembered, and no page tries before there is more
   * budget. Never throws.
   */
  async replace(request: PageRequest, { head }: PlacedImage): Promise<PageImage | undefined> {
    const today = dayAt(this.#deps.clock.now());
    if (!isFallback(head) || this.#deps.ledger.isSpent(today)) return undefined;
    if (this.#tried.get(request.key) === today || this.#deps.generatePageImage.refusal())
      return undefined;
    if (this.#deps.policy && !(await this.#deps.policy.allows(request))) return undefined;
    this.#tried.set(request.key, today);
    const { key } = request;
    try {
      const image = await this.#deps.generatePageImage.generate(request, {
        ledger: this.#deps.ledger,
        replacing: head,
      });
      if (!image) this.#tried.delete(key);
      if (!image || 'awaitsReview' in image || !image.placed) return undefined;
      if (image.source === 'generated') {
        this.#deps.journal.record({ ...aboutPage(request), event: 'page_healed', key });
      }
      return image;
    } catch (cause) {
      if (cause instanceof CafeError && cause.code === 'draining') return undefined;
      this.#deps.journal.record({
        ...aboutPage(request),
        event: 'page_healing_failed',
        key,
        cause,
      });
      return undefined;
    }
  }
}
