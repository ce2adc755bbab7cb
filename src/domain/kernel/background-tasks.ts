/** Work that runs in the background. Only shutdown waits for it. */
export class BackgroundTasks {
  readonly #pending = new Set<Promise<void>>();

  /** @param work must never reject */
  add(work: Promise<void>): void {
    this.#pending.add(work);
    void work.then(() => this.#pending.delete(work));
  }

  /** Resolves when no task is pending. */
  async ended(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }
}
