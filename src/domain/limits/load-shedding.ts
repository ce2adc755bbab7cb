import type { Clock } from '../kernel/clock.ts';
import { CafeError } from '../kernel/errors.ts';
import { PlacesByAddress } from './counters.ts';

/** How long load shedding is reported after the last rejected request. */
const SHEDDING_MS = 10_000;

/** Signals that the client of a response has disconnected. */
export interface Departure {
  /** Calls back once, on disconnect. Returns a function that cancels the callback. */
  onceGone(callback: () => void): () => void;
}

/**
 * Limits concurrent work, so that accepted requests always have memory and time. Requests beyond
 * the limit are rejected before any upstream call.
 */
export class LoadShedding {
  readonly #maxWaiting: number;
  readonly #maxSearches: number;
  readonly #waitingByAddress: PlacesByAddress;
  readonly #searchesByAddress: PlacesByAddress;
  readonly #clock: Clock;
  #waiting = 0;
  #searches = 0;
  /** Monotonic milliseconds. */
  #turnedAwayAt = Number.NEGATIVE_INFINITY;

  /**
   * @param options.maxWaiting waiting requests; those that wait for the same page count separately
   * @param options.maxSearches concurrent page lookups
   * @param options.maxPerAddress the limit of each of these for one address
   */
  constructor(options: {
    maxWaiting: number;
    maxSearches: number;
    maxPerAddress: number;
    clock: Clock;
  }) {
    this.#maxWaiting = options.maxWaiting;
    this.#maxSearches = options.maxSearches;
    this.#waitingByAddress = new PlacesByAddress(options.maxPerAddress);
    this.#searchesByAddress = new PlacesByAddress(options.maxPerAddress);
    this.#clock = options.clock;
  }

  /** Whether a request was rejected for overload now or a moment ago. */
  get isShedding(): boolean {
    return this.#clock.monotonic() - this.#turnedAwayAt < SHEDDING_MS;
  }

  /**
   * Holds a place while the work runs, or until the client disconnects. The work then continues
   * without a place.
   *
   * @throws CafeError `overloaded`, and any error of the work
   */
  async wait<T>(
    address: string | undefined,
    departure: Departure | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    if (this.#waiting >= this.#maxWaiting) throw this.#overloaded();
    if (!this.#waitingByAddress.take(address)) throw tooManyOfOne();
    this.#waiting += 1;
    let isTaken = true;
    const giveBack = () => {
      if (!isTaken) return;
      isTaken = false;
      this.#waiting -= 1;
      this.#waitingByAddress.giveBack(address);
    };
    const stay = departure?.onceGone(giveBack);
    try {
      return await work();
    } finally {
      giveBack();
      stay?.();
    }
  }

  /**
   * @param address of the client whose request started the search; others may join, and this one
   *   may leave
   * @throws CafeError `overloaded`, and any error of the search
   */
  async search<T>(address: string | undefined, search: () => Promise<T>): Promise<T> {
    if (this.#searches >= this.#maxSearches) throw this.#overloaded();
    if (!this.#searchesByAddress.take(address)) throw tooManyOfOne();
    this.#searches += 1;
    try {
      return await search();
    } finally {
      this.#searches -= 1;
      this.#searchesByAddress.giveBack(address);
    }
  }

  #overloaded(): CafeError {
    this.#turnedAwayAt = this.#clock.monotonic();
    return new CafeError('overloaded', 'The service is overloaded. Try again soon.');
  }
}

function tooManyOfOne(): CafeError {
  return new CafeError('overloaded', 'Too many requests from this address are in progress.');
}
