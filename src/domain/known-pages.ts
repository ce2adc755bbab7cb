import { BoundedMap } from './bounded-map.ts';
import type { PageImage } from './page-image.ts';
import type { Clock } from './ports/clock.ts';

/** However often it was asked for, a page is looked up again after this long. */
const KEPT_MS = 600_000;

/**
 * The answers of pages that were served lately, so that serving them again makes no call.
 *
 * An answer is fresh for a while; after that it is still given, and is to be checked behind the
 * reader's back; after ten minutes it is forgotten. Ages are monotonic: a wall clock that jumps
 * changes nothing. Beyond the capacity, the page that was remembered longest ago goes first.
 */
export class KnownPages {
  readonly #pages: BoundedMap<string, { image: PageImage; since: number }>;
  readonly #clock: Clock;
  readonly #freshMs: number;

  /** @param options.freshMs 0 remembers nothing */
  constructor(options: { clock: Clock; freshMs: number; capacity: number }) {
    this.#clock = options.clock;
    this.#freshMs = options.freshMs;
    this.#pages = new BoundedMap(options.freshMs > 0 ? options.capacity : 0);
  }

  recall(key: string): { image: PageImage; fresh: boolean } | undefined {
    const known = this.#pages.get(key);
    if (!known) return undefined;
    const age = this.#clock.monotonic() - known.since;
    if (age < this.#freshMs) return { image: known.image, fresh: true };
    if (age < Math.max(KEPT_MS, this.#freshMs)) return { image: known.image, fresh: false };
    this.#pages.delete(key);
    return undefined;
  }

  remember(key: string, image: PageImage): void {
    this.#pages.set(key, { image, since: this.#clock.monotonic() });
  }

  forget(key: string): void {
    this.#pages.delete(key);
  }
}
