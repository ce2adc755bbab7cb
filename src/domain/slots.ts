/** Lets at most so many pieces of work run at once; the others wait in order of arrival. */
export class Slots {
  readonly #count: number;
  #free: number;
  #closed = false;
  #waiting: ((mayRun: boolean) => void)[] = [];

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** How many pieces of work have a slot. */
  get running(): number {
    return this.#count - this.#free;
  }

  /** How many wait for one. */
  get waiting(): number {
    return this.#waiting.length;
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
