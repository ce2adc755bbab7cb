import { addressNetwork } from './address-network.ts';

/** How many places each address has at once. Addresses are in memory for as long as they have one. */
export class PlacesByAddress {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  /** @param most of one address, or one /64 of IPv6 */
  constructor(most: number) {
    this.#most = most;
  }

  /** `false` where the address has as many as it may. An unknown one has no limit here. */
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
