import { createHmac, randomBytes } from 'node:crypto';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Day, dayAt } from '../kernel/day.ts';

/** The prefix of an IPv4 client on a dual-stack socket. */
const IPV4_IN_IPV6 = /^::ffff:(?=[\d.]+$)/i;

/**
 * The unit counted as one client: an IPv4 address, or the first 64 bits of an IPv6 address, because
 * one person owns all addresses of a /64.
 */
function addressNetwork(address: string): string {
  const unmapped = address.replace(IPV4_IN_IPV6, '');
  return unmapped.includes(':') ? networkOf(unmapped) : unmapped;
}

/** The first 64 bits of an IPv6 address, as hexadecimal words. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const words = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - words.length - rest.length) }, () => '0');
  return [...words, ...zeros, ...rest].slice(0, 4).join(':');
}

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

/** Counts the places each address holds. An address stays in memory only while it holds a place. */
export class PlacesByAddress {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  /** @param most places per address, or per IPv6 /64 */
  constructor(most: number) {
    this.#most = most;
  }

  /** `false` if the address is at its limit. Unknown addresses have no limit here. */
  take(address: string | undefined): boolean {
    if (address === undefined) return true;
    const network = addressNetwork(address);
    const taken = this.#taken.get(network) ?? 0;
    if (taken >= this.#most) return false;
    this.#taken.set(network, taken + 1);
    return true;
  }

  giveBack(address: string | undefined): void {
    if (address === undefined) return;
    const network = addressNetwork(address);
    const left = (this.#taken.get(network) ?? 0) - 1;
    if (left > 0) this.#taken.set(network, left);
    else this.#taken.delete(network);
  }
}

/** Counts events of today, in this process. */
export class DailyCounter {
  readonly #clock: Clock;
  /** The latest day seen: a clock that jumps back does not restart a day. */
  #day: Day | undefined;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get today(): number {
    const today = dayAt(this.#clock.now());
    if (this.#day === undefined || today > this.#day) {
      this.#day = today;
      this.#count = 0;
    }
    return this.#count;
  }

  add(): void {
    this.#count = this.today + 1;
  }

  /** Undoes an {@link add}, unless that was on an earlier day. */
  takeBack(): void {
    this.#count = Math.max(0, this.today - 1);
  }
}
