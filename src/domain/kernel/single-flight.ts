/**
 * Work under way, at most one for each key: whoever asks for a key that is being worked on joins.
 * A flight belongs to the service and not to who asked: it goes on when they have left.
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

  /** How many are under way. */
  get count(): number {
    return this.#underWay.size;
  }

  /** What {@link join} would join. */
  underWay(key: string): Promise<T> | undefined {
    return this.#underWay.get(key);
  }

  /** Resolves when nothing is under way any more, however it ended. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
  }
}
