import { CafeError } from './errors.ts';
import type { HeldPictures } from './held-pictures.ts';
import type { ImageKeys } from './image-key.ts';
import type { MadePicture } from './make-picture.ts';
import {
  isFallback,
  labellingOf,
  type PageImage,
  type Picture,
  pictureLabels,
  pictureOf,
} from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { PicturePool } from './picture-pool.ts';
import { findPlaced, placedImage } from './placed-image.ts';
import type { Placements } from './placements.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { ObjectHead } from './ports/object-store.ts';

/** Waits between the tries to store a picture that is paid for. */
const RETRY_WAITS_MS = [500, 2_000, 5_000, 8_000, 14_000];
/** A store that hangs takes longer than the waits; after this no further try begins. */
const LAST_TRY_MS = 30_000;
/** How often a page's key may change between a look and a write. */
const MOST_CHANGES = 3;

/** What is known of a page before its picture is placed. */
export interface PageBefore {
  /** The page has shown a picture of its own before, which caches may still have. */
  hadPicture: boolean;
  /** What the page shows now and is to be replaced; looked up where it turns out to matter. */
  there?: ObjectHead | undefined;
}

interface Stored {
  datedKey: string;
  generation: string;
  picture: Picture;
  bytes: Uint8Array;
}

/** Stores what was paid for: in the dated pool first, then under the key of its page. */
export class KeepPicture {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #pool: PicturePool;
  readonly #held: HeldPictures;
  readonly #placements: Placements;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    pool: PicturePool;
    held: HeldPictures;
    placements: Placements;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#pool = deps.pool;
    this.#held = deps.held;
    this.#placements = deps.placements;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * The page's URL; the dated one where only the pool could be written: that picture is public and
   * paid for, and {@link recover} places it at the next request. What the page is known to show is
   * replaced, and a fallback in any case; a picture of its own that another process has placed
   * meanwhile stays, as readers may have it.
   *
   * @throws CafeError `storage_unavailable` where the pool could not be written either; the picture
   *   is held then
   */
  async keep(request: PageRequest, made: MadePicture, before: PageBefore): Promise<PageImage> {
    try {
      return await this.#keep(request, made, before);
    } finally {
      await made.settled;
    }
  }

  /**
   * Places a picture that was bought for the page, if it is in the store or held, and as long as only
   * placing fails serves it from the pool; `undefined` where there is none.
   *
   * @throws CafeError `storage_unavailable` as long as the picture cannot be stored
   */
  async recover(
    request: PageRequest,
    datedKey: string,
    { hadPicture }: PageBefore,
  ): Promise<PageImage | undefined> {
    await this.#held.store(datedKey);
    const head = await this.#store.head(datedKey);
    if (!head) return undefined;
    const picture = pictureOf(head, request.country);
    const { generation } = labellingOf(head);
    const revision = hadPicture ? generation : undefined;
    const labels = pictureLabels(picture, { generation, revision });
    try {
      await this.#note(request, datedKey);
      const copy = await this.#store.copy(datedKey, request.key, labels, { ifAbsent: true });
      if (copy === 'missing') return undefined;
      if (copy === 'exists') return (await findPlaced(this.#store, request))?.image;
    } catch (cause) {
      return this.#unplaced(request, datedKey, picture, 'stored', cause);
    }
    this.#journal.record({ ...aboutPage(request), event: 'page_repaired', key: request.key });
    return placedImage(this.#store, request.key, picture, revision);
  }

  async #keep(
    request: PageRequest,
    { place, image }: MadePicture,
    before: PageBefore,
  ): Promise<PageImage> {
    const { width, height, bytes } = image;
    const datedKey = this.#keys.dated(place.day, place.id, place.country);
    const picture = { country: request.country?.code, width, height };
    const labels = pictureLabels(picture, { generation: place.id, revision: undefined });
    try {
      await this.#persist(() => this.#store.put(datedKey, bytes, labels));
    } catch (cause) {
      const isHeld =
        cause instanceof CafeError && (await this.#held.hold({ datedKey, bytes, labels }));
      this.#journal.record({ ...aboutPage(request), event: 'storing_failed', isHeld, cause });
      throw cause;
    }
    this.#pool.add(datedKey);
    const stored = { datedKey, generation: place.id, picture, bytes };
    try {
      return await this.#place(request, stored, before);
    } catch (cause) {
      return this.#unplaced(request, datedKey, picture, 'generated', cause);
    }
  }

  async #place(
    request: PageRequest,
    { datedKey, generation, picture, bytes }: Stored,
    { hadPicture, there: seen }: PageBefore,
  ): Promise<PageImage> {
    const { key } = request;
    await this.#note(request, datedKey);
    let there = seen;
    for (let changes = 0; changes < MOST_CHANGES; changes += 1) {
      if (there && there !== seen && !isFallback(there)) {
        const { revision } = labellingOf(there);
        return placedImage(this.#store, key, pictureOf(there, request.country), revision);
      }
      const revision = hadPicture || there ? generation : undefined;
      const labels = pictureLabels(picture, { generation, revision });
      const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
      if ((await this.#store.put(key, bytes, labels, condition)) !== undefined) {
        return placedImage(this.#store, key, picture, revision, 'generated');
      }
      there = await this.#store.head(key);
    }
    throw new CafeError('storage_unavailable', 'The page changes faster than it can be read.');
  }

  /** Before it is placed, so that whoever looks for all pages of a picture finds it. */
  async #note(request: PageRequest, datedKey: string): Promise<void> {
    const dated = this.#keys.parse(datedKey);
    if (dated?.kind === 'dated') await this.#placements.write(request, dated, 'own');
  }

  #unplaced(
    request: PageRequest,
    datedKey: string,
    picture: Picture,
    source: PageImage['source'],
    cause: unknown,
  ): PageImage {
    if (!(cause instanceof CafeError)) throw cause;
    const { key } = request;
    this.#journal.record({ ...aboutPage(request), event: 'page_placing_failed', key, cause });
    return { url: this.#store.urlFor(datedKey), source, picture, placed: false };
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
