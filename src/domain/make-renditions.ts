import { Flights } from './flights.ts';
import type { ImageKeys, PoolPicture, RenditionForm } from './image-key.ts';
import { FOREVER } from './page-image.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { MadeRenditions, RenditionMaker } from './ports/rendition-maker.ts';
import type { Renditions } from './renditions.ts';
import { Slots } from './slots.ts';

/** Readers wait for it. A generation takes several times as long, and this a fraction of a second. */
const MOST_MS = 5_000;
/** An unpacked picture takes tens of megabytes. */
const AT_ONCE = 1;

/** Makes a picture's renditions and stores them beside it, once and for all. */
export class MakeRenditions {
  readonly #maker: RenditionMaker;
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #slots = new Slots(AT_ONCE);
  readonly #underWay = new Flights<Renditions>();

  constructor(deps: {
    maker: RenditionMaker;
    store: ImageStore;
    keys: ImageKeys;
    clock: Clock;
    journal: Journal;
  }) {
    this.#maker = deps.maker;
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * What is stored now; `undefined` where that failed or took longer than {@link MOST_MS}. Never
   * throws: a picture is worth showing without.
   */
  async make(of: PoolPicture, png: Uint8Array): Promise<Renditions | undefined> {
    const expiry = new AbortController();
    const made = this.#underWay.join(of.id, () => this.#make(of, png, expiry.signal));
    const expired = this.#clock.sleep(MOST_MS).then((): never => {
      throw new Error(`They took more than ${MOST_MS} ms`);
    });
    try {
      return await Promise.race([made, expired]);
    } catch (cause) {
      expiry.abort(cause);
      const key = this.#keys.dated(of.day, of.id, of.country);
      this.#journal.record({ event: 'renditions_failed', key, cause });
      return undefined;
    }
  }

  /** Resolves when nothing is made or stored any more, in time or not. */
  finished(): Promise<void> {
    return this.#underWay.landed();
  }

  async #make(of: PoolPicture, png: Uint8Array, signal: AbortSignal): Promise<Renditions> {
    const made = await this.#makeInTurn(png, signal);
    signal.throwIfAborted();
    await this.#storeAll(of, made);
    return { of, widths: made.webps.map(({ width }) => width), thumbhash: made.thumbhash };
  }

  async #makeInTurn(png: Uint8Array, signal: AbortSignal): Promise<MadeRenditions> {
    await this.#slots.enter();
    try {
      signal.throwIfAborted();
      return await this.#maker.make(png);
    } finally {
      this.#slots.leave();
    }
  }

  async #storeAll(of: PoolPicture, { webps, card }: MadeRenditions): Promise<void> {
    const put = (form: RenditionForm, bytes: Uint8Array, contentType: string) =>
      this.#store.put(this.#keys.rendition(of, form), bytes, {
        contentType,
        cacheControl: FOREVER,
      });
    const puts = await Promise.allSettled([
      ...webps.map(({ width, bytes }) => put(width, bytes, 'image/webp')),
      put('card', card, 'image/jpeg'),
    ]);
    const failed = puts.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
