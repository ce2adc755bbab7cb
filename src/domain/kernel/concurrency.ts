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

/**
 * Runs `work` over the items with a concurrency limit. After a failure it starts no further item,
 * and throws once the running ones have ended.
 */
export async function forEachAtOnce<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let hasFailed = false;
  const worker = async () => {
    for (let next = waiting.next(); !next.done && !hasFailed; next = waiting.next()) {
      await work(next.value);
    }
  };
  const workers = Array.from({ length: atOnce }, () =>
    worker().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/**
 * Maps a list with a concurrency limit, and starts no further item after a failure. The results
 * keep the order of the list.
 */
export async function inBatches<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    const some = items.slice(at, at + atOnce);
    results.push(...(await Promise.all(some.map((item) => work(item)))));
  }
  return results;
}

/**
 * Opens something at its first use, once for all who use it at the same time. After a failure, the
 * next use tries again.
 */
export class OpenedOnce<T> {
  readonly #open: () => Promise<T>;
  #opening: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  get(): Promise<T> {
    if (this.#opening) return this.#opening;
    const opening = this.#open();
    this.#opening = opening;
    opening.catch(() => {
      this.#opening = undefined;
    });
    return opening;
  }

  /** Closes it, if it was opened. */
  async close(close: (opened: T) => Promise<void>): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    if (opened !== undefined) await close(opened);
  }
}
