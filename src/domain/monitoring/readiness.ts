import type { Clock } from '../kernel/clock.ts';
import { SingleFlight } from '../kernel/single-flight.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** For so long the last look is believed. */
const BELIEVED_MS = 5_000;

/** Whether the service can give pages their pictures, for which it needs nothing but the store. */
export class Readiness {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #looks = new SingleFlight<boolean>();
  #last: { isReady: boolean; at: number } | undefined;

  /** @param options.key what is looked for; it need not be there */
  constructor({ store, key, clock }: { store: ObjectStore; key: string; clock: Clock }) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
  }

  /**
   * Looks at the store at most once in a few seconds, however many ask, and for as long as the store's
   * adapter gives it.
   */
  async isReady(): Promise<boolean> {
    const last = this.#last;
    if (last && this.#clock.monotonic() - last.at < BELIEVED_MS) return last.isReady;
    return this.#looks.join('', () => this.#look());
  }

  async #look(): Promise<boolean> {
    const isReady = await this.#store.head(this.#key).then(
      () => true,
      // Whoever watches the store has heard of it.
      () => false,
    );
    this.#last = { isReady, at: this.#clock.monotonic() };
    return isReady;
  }
}
