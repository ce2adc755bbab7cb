/** Lets at most so many pieces of work run at once; the others wait in order of arrival. */
export class Semaphore {
  #free: number;
  #closed = false;
  #waiting: ((mayRun: boolean) => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a slot, to be followed by {@link leave}; `false`, without one, once it is closed. */
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

  /** Nobody gets a slot any more, and whoever waits for one is told so. */
  close(): void {
    this.#closed = true;
    for (const turnAway of this.#waiting) turnAway(false);
    this.#waiting = [];
  }
}
