import type { Clock } from '../kernel/clock.ts';
import { SingleFlight } from '../kernel/concurrency.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** How long a check is reused. */
const BELIEVED_MS = 5_000;

/** Whether the service can serve images. It depends only on the store. */
export class Readiness {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #looks = new SingleFlight<boolean>();
  #last: { isReady: boolean; at: number } | undefined;

  /** @param options.key the key to look up; it may be absent */
  constructor({ store, key, clock }: { store: ObjectStore; key: string; clock: Clock }) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
  }

  /**
   * Checks the store at most once every few seconds for any number of callers, within the store
   * adapter's timeout.
   */
  async isReady(): Promise<boolean> {
    const last = this.#last;
    if (last && this.#clock.monotonic() - last.at < BELIEVED_MS) return last.isReady;
    return this.#looks.join('', () => this.#look());
  }

  async #look(): Promise<boolean> {
    const isReady = await this.#store.head(this.#key).then(
      () => true,
      // The store's health watch has already recorded the failure.
      () => false,
    );
    this.#last = { isReady, at: this.#clock.monotonic() };
    return isReady;
  }
}
