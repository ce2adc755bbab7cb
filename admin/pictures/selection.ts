/** The IDs of the selected pictures, and the anchor from which the selection is extended. */
export class Selection {
  #ids: ReadonlySet<string> = new Set();
  #anchor: string | undefined;
  /** The selection without the range that is being extended. */
  #beside: ReadonlySet<string> = new Set();

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  get anchor(): string | undefined {
    return this.#anchor;
  }

  /** Adds or removes a picture, which becomes the anchor. */
  toggle(id: string): void {
    const ids = new Set(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    this.#ids = ids;
    this.#anchor = id;
    this.#beside = ids;
  }

  /** Sets the anchor without selecting it. */
  start(id: string): void {
    this.#anchor = id;
    this.#beside = this.#ids;
  }

  /** Replaces the current range. */
  extendTo(range: readonly string[]): void {
    this.#ids = new Set([...this.#beside, ...range]);
  }

  all(ids: readonly string[]): void {
    this.#ids = new Set(ids);
    this.#beside = this.#ids;
  }

  drop(id: string): void {
    if (!this.#ids.has(id)) return;
    const ids = new Set(this.#ids);
    ids.delete(id);
    this.#ids = ids;
    this.#beside = ids;
  }

  clear(): void {
    this.#ids = new Set();
    this.#beside = this.#ids;
    this.#anchor = undefined;
  }
}
