/** A map that holds at most so many entries: the one that was set longest ago makes room. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #capacity: number;
  /**
   * Stands behind the last entry that made room. To look for the oldest from the start would mean to pass
   * over the gaps of all that did, which in a large map are as many as its entries.
   */
  #oldest: MapIterator<[K, V]> | undefined;
  /** Entries that went by another way since then: it keeps alive what the map had of them. */
  #gone = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Returns what made room for it. */
  set(key: K, value: V): { key: K; value: V } | undefined {
    this.delete(key);
    this.#entries.set(key, value);
    return this.#entries.size > this.#capacity ? this.#makeRoom() : undefined;
  }

  delete(key: K): void {
    if (!this.#entries.delete(key)) return;
    this.#gone += 1;
    if (this.#gone < this.#capacity) return;
    this.#gone = 0;
    this.#oldest = undefined;
  }

  #makeRoom(): { key: K; value: V } | undefined {
    this.#oldest ??= this.#entries.entries();
    const { value: oldest, done } = this.#oldest.next();
    if (done) return undefined;
    const [key, value] = oldest;
    this.#entries.delete(key);
    return { key, value };
  }
}
