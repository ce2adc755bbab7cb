/**
 * Runs work at most once per key at a time. A call for a key in progress joins it. The work belongs
 * to the service, not the caller: it continues after the caller has left.
 */
export class SingleFlight<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  join(key: string, start: () => Promise<T>): Promise<T> {
    const running = this.#underWay.get(key);
    if (running) return running;
    const flight = start().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, flight);
    return flight;
  }

  /** How many keys are in progress. */
  get count(): number {
    return this.#underWay.size;
  }

  /** The promise that {@link join} would join. */
  underWay(key: string): Promise<T> | undefined {
    return this.#underWay.get(key);
  }

  /** Resolves when no work is in progress, whether it succeeded or failed. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
  }
}
