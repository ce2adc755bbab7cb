import { randomUUID } from 'node:crypto';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';

const HOUR_MS = 3_600_000;
/** After a failed trial, a call tries again once this time has passed. */
const AGAIN_MS = 5000;
const LISTINGS_LAG = 'Listings of the image store do not show recent writes';

interface S3FitnessDeps {
  store: Pick<ObjectStore, 'put' | 'list' | 'delete'>;
  scratchPrefix: string;
  offsetMs: () => number;
  notice: Notice;
}

/** Checks if the budget can rely on the store: listings must not lag, and clocks must not differ. */
export class S3Fitness {
  readonly #deps: S3FitnessDeps;
  #listsWrites: Promise<boolean> | undefined;
  #reported: string | undefined;

  /**
   * @param deps.offsetMs the known difference between the store's clock and this machine's
   * @param deps.notice called once per doubt, until the doubt is gone
   */
  constructor(deps: S3FitnessDeps) {
    this.#deps = deps;
  }

  /**
   * The reason why nothing may be bought; `undefined` if there is none. The result is remembered.
   *
   * @throws CafeError `storage_unavailable` if the store cannot be tested
   */
  async doubt(): Promise<string | undefined> {
    const listsWrites = await this.#tried();
    const doubt = this.#clockDoubt() ?? (listsWrites ? undefined : LISTINGS_LAG);
    if (doubt && doubt !== this.#reported) {
      this.#deps.notice(`${doubt}, so nothing is bought`, {});
    }
    this.#reported = doubt;
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
        this.#deps.notice('A temporary object could not be deleted', { error: cause });
      });
    }
  }
}
