import { BoundedMap } from './bounded-map.ts';
import type { PageImage } from './page-image.ts';
import type { Clock } from './ports/clock.ts';

/**
 * The answers of pages that were served lately, so that serving them again makes no call.
 *
 * An answer is fresh for a while; for as long again it is still given, and is to be checked behind
 * the reader's back; then it is forgotten, so that no picture that is gone is shown for long. Ages are monotonic: a wall clock that jumps
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
    if (age < 2 * this.#freshMs) return { image: known.image, fresh: false };
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
