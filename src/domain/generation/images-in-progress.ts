/** Pictures that are being made, and who waits for the next of them. */
export class ImagesInProgress {
  #count = 0;
  #next = Promise.withResolvers<boolean>();

  /** Counts the work while it runs. It fails where no picture comes of it. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count += 1;
    let isMade = false;
    try {
      const result = await work();
      isMade = true;
      return result;
    } finally {
      this.#count -= 1;
      if (isMade || this.#count === 0) this.#tell(isMade);
    }
  }

  /** `true` with the next picture; `false` once nothing is under way, at once where nothing is. */
  next(): Promise<boolean> {
    return this.#count === 0 ? Promise.resolve(false) : this.#next.promise;
  }

  #tell(isMade: boolean): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers<boolean>();
    resolve(isMade);
  }
}
