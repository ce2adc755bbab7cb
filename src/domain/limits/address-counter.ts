import { createHmac, randomBytes } from 'node:crypto';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { addressNetwork } from './address-network.ts';

interface Count {
  count: number;
  /** Monotonic milliseconds. */
  since: number;
}

/**
 * Counts recent events per address, in memory only: a restart resets the counts, and every replica
 * counts for itself. It stores no addresses, only hashes with a key of this process. Addresses of
 * one IPv6 network (/64) count together, because one person owns all of them.
 *
 * A window begins with the first counted event and ends for all its events at once.
 */
export class AddressCounter {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #key = randomBytes(32);
  readonly #counts: BoundedMap<string, Count>;

  /**
   * @param options.capacity how many addresses are remembered; the one counted longest ago is
   *   evicted first
   */
  constructor(options: { clock: Clock; windowMs: number; capacity: number }) {
    this.#clock = options.clock;
    this.#windowMs = options.windowMs;
    this.#counts = new BoundedMap(options.capacity);
  }

  of(address: string): number {
    return this.#current(this.#nameOf(address)).count;
  }

  add(address: string): void {
    const name = this.#nameOf(address);
    const { count, since } = this.#current(name);
    this.#counts.set(name, { count: count + 1, since });
  }

  forget(address: string): void {
    this.#counts.delete(this.#nameOf(address));
  }

  #current(name: string): Count {
    const now = this.#clock.monotonic();
    const known = this.#counts.get(name);
    return known && now - known.since < this.#windowMs ? known : { count: 0, since: now };
  }

  #nameOf(address: string): string {
    return createHmac('sha256', this.#key).update(addressNetwork(address)).digest('base64');
  }
}
