/** Which pictures are selected, by their ids, and from where a selection is extended. */
export class Selection {
  #ids: ReadonlySet<string> = new Set();
  #anchor: string | undefined;
  /** What was selected beside what is being extended. */
  #beside: ReadonlySet<string> = new Set();

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  get anchor(): string | undefined {
    return this.#anchor;
  }

  /** Adds one or takes it out; it is extended from there. */
  toggle(id: string): void {
    const ids = new Set(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    this.#ids = ids;
    this.#anchor = id;
    this.#beside = ids;
  }

  /** Where a selection would be extended from, without selecting it. */
  start(id: string): void {
    this.#anchor = id;
    this.#beside = this.#ids;
  }

  /** Selects a range, instead of the one that was extended to before. */
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
