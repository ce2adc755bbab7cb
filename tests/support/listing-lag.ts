/** What listings show that are behind writes and deletions. */
export class ListingLag<T> {
  /** Milliseconds; 0 for listings that show everything at once. */
  ms = 0;
  readonly #objects: ReadonlyMap<string, T>;
  /** Oldest first, each with what was there before. */
  readonly #changes: { at: number; key: string; before: T | undefined }[] = [];

  constructor(objects: ReadonlyMap<string, T>) {
    this.#objects = objects;
  }

  /** To be told of a key that is about to change. */
  note(key: string): void {
    if (this.ms > 0) this.#changes.push({ at: Date.now(), key, before: this.#objects.get(key) });
  }

  /** The objects as they were when the lag began. */
  listed(): ReadonlyMap<string, T> {
    if (this.ms === 0) return this.#objects;
    const since = Date.now() - this.ms;
    const listed = new Map(this.#objects);
    for (const { at, key, before } of this.#changes.toReversed()) {
      if (at <= since) break;
      if (before === undefined) listed.delete(key);
      else listed.set(key, before);
    }
    return listed;
  }
}
