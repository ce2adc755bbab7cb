import { CountsByAddress } from '../counts-by-address.ts';
import type { Clock } from '../ports/clock.ts';

/** Wrong tokens in a quarter of an hour, of one address and of all together. */
const WINDOW_MS = 900_000;
const MOST_OF_ONE = 5;
/** Addresses can be made up behind some proxies; this many cannot guess a token of 24 characters. */
const MOST_OF_ALL = 1000;
/** Addresses that are remembered. */
const MOST_ADDRESSES = 10_000;
/** Stands for all addresses together. */
const ALL = '';

/** How often the wrong token was sent lately. */
export class FailedAttempts {
  readonly #byAddress: CountsByAddress;
  readonly #all: CountsByAddress;

  constructor(clock: Clock) {
    this.#byAddress = new CountsByAddress({
      clock,
      windowMs: WINDOW_MS,
      capacity: MOST_ADDRESSES,
    });
    this.#all = new CountsByAddress({ clock, windowMs: WINDOW_MS, capacity: 1 });
  }

  /** Whether nobody at this address may try for now; not even with the right token. */
  areTooMany(address: string): boolean {
    return this.#byAddress.of(address) >= MOST_OF_ONE || this.#all.of(ALL) >= MOST_OF_ALL;
  }

  add(address: string): void {
    this.#byAddress.add(address);
    this.#all.add(ALL);
  }

  /** Whoever knows the token may have misspelt it before. */
  forgive(address: string): void {
    this.#byAddress.forget(address);
  }
}
