import type { Clock } from '../kernel/clock.ts';
import { AddressCounter } from '../limits/address-counter.ts';

/** A quarter of an hour. */
const WINDOW_MS = 900_000;
/** Wrong tokens within it. */
const MAX_OF_ONE = 5;
/** Addresses that are remembered. */
const MAX_ADDRESSES = 10_000;

/**
 * How often a wrong token was sent lately: by each address, and by all together, as addresses can be made
 * up. It says how a wrong token is refused, and never refuses the right one: strangers could lock the
 * owner out.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #byAddress: AddressCounter;
  readonly #maxInAll: number;
  #ofAll = { count: 0, since: Number.NEGATIVE_INFINITY };

  /** @param options.maxInAll wrong tokens in a quarter of an hour, from whatever addresses */
  constructor({ clock, maxInAll }: { clock: Clock; maxInAll: number }) {
    this.#clock = clock;
    this.#maxInAll = maxInAll;
    this.#byAddress = new AddressCounter({
      clock,
      windowMs: WINDOW_MS,
      capacity: MAX_ADDRESSES,
    });
  }

  /** Whether no other wrong token is looked at for now. */
  areTooMany(address: string): boolean {
    return this.#byAddress.of(address) >= MAX_OF_ONE || this.#recent().count >= this.#maxInAll;
  }

  add(address: string): void {
    this.#byAddress.add(address);
    const { count, since } = this.#recent();
    this.#ofAll = { count: count + 1, since };
  }

  /** An owner who knows the token may have misspelt it before. */
  forgive(address: string): void {
    this.#byAddress.forget(address);
  }

  #recent(): { count: number; since: number } {
    const now = this.#clock.monotonic();
    return now - this.#ofAll.since < WINDOW_MS ? this.#ofAll : { count: 0, since: now };
  }
}
