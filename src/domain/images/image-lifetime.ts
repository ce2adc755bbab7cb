import type { Clock } from '../kernel/clock.ts';
import { DAY_MS } from '../kernel/day.ts';
import type { ObjectLife } from '../storage/object-store.ts';

/** Clocks differ by minutes, and a page may load an image minutes after it received the URL. */
const MARGIN_MS = 15 * 60_000;
/**
 * Stores delete expired objects within two days. An object still there after three never expires.
 */
const OVERDUE_MS = 3 * DAY_MS;

interface Deps {
  lifetimeMs: number;
  clock: Clock;
}

/** How long an image is certain to exist, given the bucket's lifecycle rule. */
export class ImageLifetime {
  readonly #deps: Deps;

  /** @param deps.lifetimeMs the assumed lifetime of the rule; `Infinity` for none */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Milliseconds for which an image need not be checked for existence. A rule takes effect at the
   * first midnight (UTC) after its days.
   *
   * @param life absent for an image that was just written
   */
  reliableFor(life: ObjectLife | undefined): number {
    const now = this.#deps.clock.now();
    const { modifiedAt = now, expiresAt } = life ?? {};
    if (expiresAt !== undefined) return expiresAt - MARGIN_MS - now;
    const end = Math.ceil((modifiedAt + this.#deps.lifetimeMs) / DAY_MS) * DAY_MS;
    return now > end + OVERDUE_MS ? Number.POSITIVE_INFINITY : end - MARGIN_MS - now;
  }
}
