import type { Clock } from '../kernel/clock.ts';
import { AddressCounter } from '../limits/counters.ts';

/** A quarter of an hour. */
const WINDOW_MS = 900_000;
/** Wrong tokens per address in the window. */
const MAX_OF_ONE = 5;
/** Capacity, in addresses. */
const MAX_ADDRESSES = 10_000;

/**
 * Counts recent wrong tokens: per address, and in total, because addresses can be forged. After too
 * many, wrong tokens are refused without a check. The right one is still accepted: otherwise
 * strangers could lock the owner out.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #byAddress: AddressCounter;
  readonly #maxInAll: number;
  #ofAll = { count: 0, since: Number.NEGATIVE_INFINITY };

  /** @param options.maxInAll wrong tokens in a quarter of an hour, from all addresses together */
  constructor({ clock, maxInAll }: { clock: Clock; maxInAll: number }) {
    this.#clock = clock;
    this.#maxInAll = maxInAll;
    this.#byAddress = new AddressCounter({
      clock,
      windowMs: WINDOW_MS,
      capacity: MAX_ADDRESSES,
    });
  }

  /** Whether further wrong tokens are refused without a check for now. */
  areTooMany(address: string): boolean {
    return this.#byAddress.of(address) >= MAX_OF_ONE || this.#recent().count >= this.#maxInAll;
  }

  add(address: string): void {
    this.#byAddress.add(address);
    const { count, since } = this.#recent();
    this.#ofAll = { count: count + 1, since };
  }

  /** Clears an address after a correct token: the owner may have mistyped it before. */
  forgive(address: string): void {
    this.#byAddress.forget(address);
  }

  #recent(): { count: number; since: number } {
    const now = this.#clock.monotonic();
    return now - this.#ofAll.since < WINDOW_MS ? this.#ofAll : { count: 0, since: now };
  }
}
