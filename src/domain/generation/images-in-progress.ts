/** Images in progress, and the requests that wait for the next of them. */
export class ImagesInProgress {
  #count = 0;
  #next = Promise.withResolvers<boolean>();

  begin(): void {
    this.#count += 1;
  }

  /** @param isStored whether the image was stored */
  end(isStored: boolean): void {
    this.#count -= 1;
    if (!isStored && this.#count > 0) return;
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers<boolean>();
    resolve(isStored);
  }

  /** Resolves `true` with the next image; `false` once none is in progress. */
  next(): Promise<boolean> {
    return this.#count === 0 ? Promise.resolve(false) : this.#next.promise;
  }
}
