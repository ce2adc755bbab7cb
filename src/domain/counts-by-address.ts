import { createHmac, randomBytes } from 'node:crypto';
import { BoundedMap } from './bounded-map.ts';
import type { Clock } from './ports/clock.ts';

/** Before the address of one who came by IPv4 to a socket for both. */
const IPV4_IN_IPV6 = /^::ffff:(?=[\d.]+$)/i;

interface Count {
  count: number;
  /** On the monotonic clock. */
  since: number;
}

/**
 * How often something came of an address lately, in memory only: a restart forgets it, and every replica
 * counts for itself. Addresses are not kept, but what a key of this one process makes of them; those of
 * one IPv6 network (/64) count together, as one person has as many of them as they like.
 *
 * A window begins with the first that is counted, and ends all at once.
 */
export class CountsByAddress {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #key = randomBytes(32);
  readonly #counts: BoundedMap<string, Count>;

  /** @param options.capacity addresses that are remembered; the one that was counted longest ago goes first */
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
    const unmapped = address.replace(IPV4_IN_IPV6, '');
    const network = unmapped.includes(':') ? networkOf(unmapped) : unmapped;
    return createHmac('sha256', this.#key).update(network).digest('base64');
  }
}

/** The first 64 bits of an IPv6 address, in hexadecimal words. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const words = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - words.length - rest.length) }, () => '0');
  return [...words, ...zeros, ...rest].slice(0, 4).join(':');
}
