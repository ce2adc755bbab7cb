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

interface Unplaced {
  datedKey: string;
  picture: Picture;
  labels: ObjectLabels;
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
   * @throws CafeError `storage_unavailable` where the pool could not be written either
   */
  async keep(request: PageRequest, made: MadePicture): Promise<PageImage> {
    try {
      return await this.#keep(request, made);
    } finally {
      await made.settled;
    }
  }

  /**
   * Places a page's picture that {@link keep} could not, and as long as that still fails serves it
   * from the pool; `undefined` where there is none.
   */
  async repair(request: PageRequest): Promise<PageImage | undefined> {
    const unplaced = this.#unplaced.get(request.key);
    if (!unplaced) return undefined;
    const { datedKey, picture, labels } = unplaced;
    try {
      const placed = await this.#store.copy(datedKey, request.key, labels);
      this.#unplaced.delete(request.key);
      if (!placed) return undefined;
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
    await this.#persist(() => this.#store.put(datedKey, image.bytes, labels));
    this.#pool.add(datedKey);
    try {
      const put = await this.#store.put(request.key, image.bytes, labels, { ifAbsent: true });
      if (put === 'exists') return await this.#adopt(request);
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
