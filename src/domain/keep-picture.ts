import { CafeError } from './errors.ts';
import type { ImageKeys } from './image-key.ts';
import type { MadePicture } from './make-picture.ts';
import { type PageImage, type Picture, pictureLabels, pictureOf } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { PicturePool } from './picture-pool.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { ObjectLabels } from './ports/object-store.ts';

/** Waits between the tries to store a picture that is paid for. */
const RETRY_WAITS_MS = [500, 2_000, 5_000, 8_000, 14_000];
/** A store that hangs takes longer than the waits; after this no further try begins. */
const LAST_TRY_MS = 30_000;

/** When a picture that could not be stored is tried again behind the readers' backs, and how often. */
const AGAIN = { everyMs: 20_000, times: 30 };
/** Pictures held in memory until the store takes them, of a few megabytes each. */
const MOST_HELD = 8;

interface Unplaced {
  datedKey: string;
  picture: Picture;
  labels: ObjectLabels;
}

interface Unstored extends Unplaced {
  request: PageRequest;
  bytes: Uint8Array;
}

/** Stores what was paid for: in the dated pool first, then under the key of its page. */
export class KeepPicture {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #pool: PicturePool;
  readonly #clock: Clock;
  readonly #journal: Journal;
  /** Pages whose picture is in the pool but could not be placed; the budget bounds their number. */
  readonly #unplaced = new Map<string, Unplaced>();
  /** Pictures that the store did not take, by page. */
  readonly #held = new Map<string, Unstored>();

  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    pool: PicturePool;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#pool = deps.pool;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * The page's URL; the dated one where only the pool could be written: that picture is public and
   * paid for, and {@link repair} places it at the next request.
   *
   * @throws CafeError `storage_unavailable` where the pool could not be written either; the picture
   *   is held then, tried again for ten minutes, and stored at the page's next request
   */
  async keep(request: PageRequest, made: MadePicture): Promise<PageImage> {
    try {
      return await this.#keep(request, made);
    } finally {
      await made.settled;
    }
  }

  /**
   * Stores and places a page's picture that {@link keep} could not, and as long as only placing fails
   * serves it from the pool; `undefined` where there is none.
   *
   * @throws CafeError `storage_unavailable` as long as the picture cannot be stored
   */
  async repair(request: PageRequest): Promise<PageImage | undefined> {
    const held = this.#held.get(request.key);
    if (held) return this.#storeHeld(held);
    const unplaced = this.#unplaced.get(request.key);
    if (!unplaced) return undefined;
    const { datedKey, picture, labels } = unplaced;
    try {
      const placed = await this.#store.copy(datedKey, request.key, labels);
      this.#unplaced.delete(request.key);
      if (placed === 'missing') return undefined;
    } catch (cause) {
      if (!(cause instanceof CafeError)) throw cause;
      this.#failPlacing(request, cause);
      return { url: this.#store.urlFor(datedKey), source: 'stored', picture };
    }
    this.#journal.record({ ...aboutPage(request), event: 'page_repaired', key: request.key });
    return { url: this.#store.urlFor(request.key), source: 'stored', picture };
  }

  /** The page has a picture, wherever from: if it goes again, that is no accident to repair. */
  placed(key: string): void {
    this.#unplaced.delete(key);
  }

  async #keep(request: PageRequest, { reservation, image }: MadePicture): Promise<PageImage> {
    const datedKey = this.#keys.dated(reservation.day, reservation.id, request.country);
    const picture = {
      country: request.country?.code,
      width: image.width,
      height: image.height,
    };
    const labels = pictureLabels(reservation.id, picture);
    const bought = { request, datedKey, picture, labels, bytes: image.bytes };
    try {
      await this.#persist(() => this.#store.put(datedKey, image.bytes, labels));
    } catch (error) {
      this.#hold(bought, error);
      throw error;
    }
    return this.#place(bought);
  }

  async #storeHeld(held: Unstored): Promise<PageImage> {
    await this.#store.put(held.datedKey, held.bytes, held.labels);
    this.#held.delete(held.request.key);
    return this.#place(held);
  }

  async #place({ request, datedKey, picture, labels, bytes }: Unstored): Promise<PageImage> {
    this.#pool.add(datedKey);
    try {
      const put = await this.#store.put(request.key, bytes, labels, { ifAbsent: true });
      if (put === undefined) return await this.#adopt(request);
      return { url: this.#store.urlFor(request.key), source: 'generated', picture };
    } catch (cause) {
      if (!(cause instanceof CafeError)) throw cause;
      this.#unplaced.set(request.key, { datedKey, picture, labels });
      this.#failPlacing(request, cause);
      return { url: this.#store.urlFor(datedKey), source: 'generated', picture };
    }
  }

  /** Another replica was first. Its picture stays, as readers may have its URL already. */
  async #adopt({ key, country }: PageRequest): Promise<PageImage> {
    const head = await this.#store.head(key);
    if (!head) throw new CafeError('storage_unavailable', 'The picture was removed meanwhile.');
    return { url: this.#store.urlFor(key), source: 'stored', picture: pictureOf(head, country) };
  }

  #hold(bought: Unstored, cause: unknown): void {
    const isHeld = cause instanceof CafeError && this.#held.size < MOST_HELD;
    this.#failStoring(bought, isHeld, cause);
    if (!isHeld) return;
    this.#held.set(bought.request.key, bought);
    void this.#storeLater(bought);
  }

  async #storeLater(held: Unstored): Promise<void> {
    const { key } = held.request;
    for (let times = 1; times <= AGAIN.times; times += 1) {
      await this.#clock.sleep(AGAIN.everyMs);
      // The page's next request may have stored it.
      if (this.#held.get(key) !== held) return;
      try {
        await this.#storeHeld(held);
        return;
      } catch (cause) {
        // That it failed was told at first; what is left to tell is that it is lost.
        if (times === AGAIN.times && this.#held.delete(key)) this.#failStoring(held, false, cause);
      }
    }
  }

  #failStoring({ request }: Unstored, isHeld: boolean, cause: unknown): void {
    this.#journal.record({ ...aboutPage(request), event: 'storing_failed', isHeld, cause });
  }

  #failPlacing(request: PageRequest, cause: unknown): void {
    const { key } = request;
    this.#journal.record({ ...aboutPage(request), event: 'page_placing_failed', key, cause });
  }

  async #persist(write: () => Promise<unknown>): Promise<void> {
    const started = this.#clock.monotonic();
    for (const wait of RETRY_WAITS_MS) {
      try {
        await write();
        return;
      } catch (error) {
        const elapsed = this.#clock.monotonic() - started;
        if (!(error instanceof CafeError) || elapsed + wait > LAST_TRY_MS) throw error;
      }
      await this.#clock.sleep(wait);
    }
    await write();
  }
}
