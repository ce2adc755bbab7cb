import { randomUUID } from 'node:crypto';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';

const HOUR_MS = 3_600_000;
/** A store that failed the trial is tried again after so many milliseconds, by who asks then. */
const AGAIN_MS = 5000;
const LISTINGS_LAG = 'The listings of the store are behind its writes';

interface Deps {
  store: Pick<ObjectStore, 'put' | 'list' | 'delete'>;
  scratchPrefix: string;
  offsetMs: () => number;
  notice: Notice;
}

/** Finds out what speaks against buying over a store: listings that lag, and clocks that differ. */
export class S3Fitness {
  readonly #deps: Deps;
  #listsWrites: Promise<boolean> | undefined;
  #toldOf: string | undefined;

  /**
   * @param deps.offsetMs by how much the store's clock is ahead of this machine's, as far as is known
   * @param deps.notice hears of each doubt once, until it is gone
   */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Why nothing is to be bought; `undefined` where nothing speaks against it. Tries once and remembers.
   *
   * @throws CafeError `storage_unavailable` where the store cannot be tried
   */
  async doubt(): Promise<string | undefined> {
    const listsWrites = await this.#tried();
    const doubt = this.#clockDoubt() ?? (listsWrites ? undefined : LISTINGS_LAG);
    if (doubt && doubt !== this.#toldOf) this.#deps.notice(`${doubt}: nothing is bought`, {});
    this.#toldOf = doubt;
    return doubt;
  }

  #clockDoubt(): string | undefined {
    const hours = Math.trunc(this.#deps.offsetMs() / HOUR_MS);
    if (hours === 0) return undefined;
    const apart = `${Math.abs(hours)} h ${hours < 0 ? 'ahead of' : 'behind'}`;
    return `This machine's clock is ${apart} the store's`;
  }

  #tried(): Promise<boolean> {
    if (this.#listsWrites) return this.#listsWrites;
    const trial = this.#try();
    this.#listsWrites = trial;
    trial.then(
      (listsWrites) => {
        if (!listsWrites) setTimeout(() => this.#forget(trial), AGAIN_MS).unref();
      },
      () => this.#forget(trial),
    );
    return trial;
  }

  #forget(trial: Promise<boolean>): void {
    if (this.#listsWrites === trial) this.#listsWrites = undefined;
  }

  async #try(): Promise<boolean> {
    const key = `${this.#deps.scratchPrefix}/${randomUUID()}`;
    await this.#deps.store.put(key, Buffer.from('scratch'), { contentType: 'text/plain' });
    try {
      const listed = await Array.fromAsync(this.#deps.store.list(key));
      return listed.length > 0;
    } finally {
      await this.#deps.store.delete(key).catch((error: Error) => {
        const cause = String(error.cause ?? error);
        this.#deps.notice('A scratch object could not be deleted', { error: cause });
      });
    }
  }
}
