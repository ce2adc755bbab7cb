/** A map with a capacity. When it is full, the entry set longest ago is evicted. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #capacity: number;
  /**
   * An iterator, positioned after the last evicted entry. Searching from the start would walk over
   * the gaps of all evicted entries, and a large map has as many gaps as entries.
   */
  #oldest: MapIterator<[K, V]> | undefined;
  /** Entries deleted by other means since then. The iterator keeps their storage alive. */
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

  /** Returns the evicted entry, if any. */
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

/** A sliced or concatenated string keeps its source strings in memory. The copy does not. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
