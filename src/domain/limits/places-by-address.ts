import { addressNetwork } from './address-network.ts';

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
