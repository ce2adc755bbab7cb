import type { Clock } from '../kernel/clock.ts';
import { DAY_MS } from '../kernel/day.ts';
import type { ObjectLife } from '../storage/object-store.ts';

/** Clocks differ by minutes, and a page may load a picture minutes after it has its URL. */
const MARGIN_MS = 15 * 60_000;
/** Stores delete what has expired within two days. What is still there after three never expires. */
const OVERDUE_MS = 3 * DAY_MS;

interface Deps {
  lifetimeMs: number;
  clock: Clock;
}

/** How long a picture can be relied on to be there, given the bucket's lifecycle rule. */
export class ImageLifetime {
  readonly #deps: Deps;

  /** @param deps.lifetimeMs what the rule is believed to be; `Infinity` for none */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Milliseconds for which a picture needs no look whether it is still there. A rule takes effect at the
   * first midnight (UTC) after its days.
   *
   * @param life absent for a picture that was just written
   */
  reliableFor(life: ObjectLife | undefined): number {
    const now = this.#deps.clock.now();
    const { modifiedAt = now, expiresAt } = life ?? {};
    if (expiresAt !== undefined) return expiresAt - MARGIN_MS - now;
    const end = Math.ceil((modifiedAt + this.#deps.lifetimeMs) / DAY_MS) * DAY_MS;
    return now > end + OVERDUE_MS ? Number.POSITIVE_INFINITY : end - MARGIN_MS - now;
  }
}
