import type { Clock } from '../kernel/clock.ts';
import { CafeError } from '../kernel/errors.ts';
import { PlacesByAddress } from './places-by-address.ts';

/** So long after somebody was turned away it still counts as happening. */
const SHEDDING_MS = 10_000;

/** Tells that the reader of an answer has left. */
export interface Departure {
  /** Calls back once, when that happens; returns what takes the request for it back. */
  onceGone(callback: () => void): () => void;
}

/**
 * How much may be under way at once, so that there is always memory and time for what is. A request beyond
 * it is turned away before anything is asked of an upstream.
 */
export class LoadShedding {
  readonly #maxWaiting: number;
  readonly #maxSearches: number;
  readonly #waitingByAddress: PlacesByAddress;
  readonly #searchesByAddress: PlacesByAddress;
  readonly #clock: Clock;
  #waiting = 0;
  #searches = 0;
  /** Monotonic. */
  #turnedAwayAt = Number.NEGATIVE_INFINITY;

  /**
   * @param options.maxWaiting requests, however many of them wait for the same
   * @param options.maxSearches pages looked for at once
   * @param options.maxPerAddress of each, for one address
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

  /** Whether requests are turned away for all there is to do, or were a moment ago. */
  get isShedding(): boolean {
    return this.#clock.monotonic() - this.#turnedAwayAt < SHEDDING_MS;
  }

  /**
   * A place for as long as the work takes, or until the reader leaves; the work goes on without them.
   *
   * @throws CafeError `overloaded`, and what the work throws
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
   * @param address of the reader whose request began it, though others may join and this one leave
   * @throws CafeError `overloaded`, and what the search throws
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
    return new CafeError('overloaded', 'There is too much to do at the moment; ask again soon.');
  }
}

function tooManyOfOne(): CafeError {
  return new CafeError('overloaded', 'Too many requests from this address are under way.');
}
