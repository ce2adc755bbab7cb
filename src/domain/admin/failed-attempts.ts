import { createHmac, randomBytes } from 'node:crypto';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../ports/clock.ts';

/** Wrong tokens in a quarter of an hour, of one address and of all together. */
const WINDOW_MS = 900_000;
const MOST_OF_ONE = 5;
/** Addresses can be made up behind some proxies; this many cannot guess a token of 24 characters. */
const MOST_OF_ALL = 1000;
/** Addresses that are remembered. */
const MOST_ADDRESSES = 10_000;

interface Window {
  failures: number;
  /** On the monotonic clock. */
  since: number;
}

/**
 * How often the wrong token was sent lately, in memory only: a restart forgets it, and every replica
 * counts for itself. Addresses are not kept, but what a key of this one process makes of them.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #byAddress = new BoundedMap<string, Window>(MOST_ADDRESSES);
  #all: Window;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#all = { failures: 0, since: clock.monotonic() };
  }

  /** Whether nobody at this address may try for now; not even with the right token. */
  areTooMany(address: string): boolean {
    const own = this.#current(this.#byAddress.get(this.#nameOf(address)));
    this.#all = this.#current(this.#all);
    return own.failures >= MOST_OF_ONE || this.#all.failures >= MOST_OF_ALL;
  }

  add(address: string): void {
    const name = this.#nameOf(address);
    const own = this.#current(this.#byAddress.get(name));
    this.#byAddress.set(name, { ...own, failures: own.failures + 1 });
    this.#all = this.#current(this.#all);
    this.#all.failures += 1;
  }

  /** Whoever knows the token may have misspelt it before. */
  forgive(address: string): void {
    this.#byAddress.delete(this.#nameOf(address));
  }

  #current(window: Window | undefined): Window {
    const now = this.#clock.monotonic();
    return window && now - window.since < WINDOW_MS ? window : { failures: 0, since: now };
  }

  #nameOf(address: string): string {
    return createHmac('sha256', this.#key).update(address).digest('base64');
  }
}
