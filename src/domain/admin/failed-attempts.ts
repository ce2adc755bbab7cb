import { CountsByAddress } from '../counts-by-address.ts';
import type { Clock } from '../ports/clock.ts';

/** Wrong tokens in a quarter of an hour. */
const WINDOW_MS = 900_000;
const MOST_OF_ONE = 5;
/** Addresses that are remembered. */
const MOST_ADDRESSES = 10_000;

/**
 * How often the wrong token was sent lately, of each address for itself: a limit for all together would
 * let strangers keep the owner out, and nobody guesses a token of 24 characters from however many.
 */
export class FailedAttempts {
  readonly #byAddress: CountsByAddress;

  constructor(clock: Clock) {
    this.#byAddress = new CountsByAddress({
      clock,
      windowMs: WINDOW_MS,
      capacity: MOST_ADDRESSES,
    });
  }

  /** Whether nobody at this address may try for now; not even with the right token. */
  areTooMany(address: string): boolean {
    return this.#byAddress.of(address) >= MOST_OF_ONE;
  }

  add(address: string): void {
    this.#byAddress.add(address);
  }

  /** Whoever knows the token may have misspelt it before. */
  forgive(address: string): void {
    this.#byAddress.forget(address);
  }
}
