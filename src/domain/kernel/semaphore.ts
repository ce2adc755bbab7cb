/** Limits concurrent work. Waiting work proceeds in order of arrival. */
export class Semaphore {
  #free: number;
  #closed = false;
  #waiting: ((mayRun: boolean) => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a slot; call {@link leave} afterwards. `false`, without a slot, once the semaphore is
   * closed.
   */
  async enter(): Promise<boolean> {
    if (this.#closed) return false;
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return true;
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next(true);
    else this.#free += 1;
  }

  /** Grants no further slots and resolves all waiters with `false`. */
  close(): void {
    this.#closed = true;
    for (const turnAway of this.#waiting) turnAway(false);
    this.#waiting = [];
  }
}
