import { CafeError } from './errors.ts';
import type { HeldPictures } from './held-pictures.ts';
import type { ImageKeys } from './image-key.ts';
import type { MadePicture } from './make-picture.ts';
import type { MakeRenditions } from './make-renditions.ts';
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
import { placedImage, shownBy } from './placed-image.ts';
import type { Placements } from './placements.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { ObjectHead, ObjectLabels } from './ports/object-store.ts';

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

/** A page's picture, wherever it is kept. */
export interface KeptPicture {
  image: PageImage;
  /** The id of the generation that the page shows now, of its own; absent where that is not placed. */
  shown?: string;
}

/** A picture in the pool. */
interface Stored {
  datedKey: string;
  generation: string;
  picture: Picture;
  /** Read from the pool where they are not at hand. */
  bytes?: Uint8Array;
}

/** Stores what was paid for: in the dated pool first, then under the key of its page. */
export class KeepPicture {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #pool: PicturePool;
  readonly #held: HeldPictures;
  readonly #makeRenditions: MakeRenditions;
  readonly #placements: Placements;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    pool: PicturePool;
    held: HeldPictures;
    makeRenditions: MakeRenditions;
    placements: Placements;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#pool = deps.pool;
    this.#held = deps.held;
    this.#makeRenditions = deps.makeRenditions;
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
  async keep(request: PageRequest, made: MadePicture, before: PageBefore): Promise<KeptPicture> {
    const { place, image } = made;
    const { width, height, bytes } = image;
    const datedKey = this.#keys.dated(place.day, place.id, place.country);
    // Before the picture itself, so that its labels never name what is not there.
    const renditions = await this.#makeRenditions.make(place, bytes);
    const picture = { country: request.country?.code, width, height, renditions };
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
    return this.#placeOrServe(request, stored, before, 'generated');
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
    before: PageBefore,
  ): Promise<KeptPicture | undefined> {
    await this.#held.store(datedKey);
    const head = await this.#store.head(datedKey);
    const parsed = this.#keys.parse(datedKey);
    if (!head || parsed?.kind !== 'dated') return undefined;
    this.#pool.add(datedKey);
    const picture = pictureOf(head, request.country);
    const stored = { datedKey, generation: parsed.id, picture };
    const kept = await this.#placeOrServe(request, stored, before, 'stored');
    if (kept.shown === parsed.id) {
      this.#journal.record({ ...aboutPage(request), event: 'page_repaired', key: request.key });
    }
    return kept;
  }

  /** Resolves when nothing is stored any more that nobody waits for. */
  finished(): Promise<void> {
    return this.#makeRenditions.finished();
  }

  async #placeOrServe(
    request: PageRequest,
    stored: Stored,
    before: PageBefore,
    source: PageImage['source'],
  ): Promise<KeptPicture> {
    const { datedKey, picture } = stored;
    try {
      return await this.#place(request, stored, before, source);
    } catch (cause) {
      if (!(cause instanceof CafeError)) throw cause;
      const { key } = request;
      this.#journal.record({ ...aboutPage(request), event: 'page_placing_failed', key, cause });
      return { image: { url: this.#store.urlFor(datedKey), source, picture, placed: false } };
    }
  }

  async #place(
    request: PageRequest,
    stored: Stored,
    { hadPicture, there: seen }: PageBefore,
    source: PageImage['source'],
  ): Promise<KeptPicture> {
    const { datedKey, generation, picture } = stored;
    await this.#note(request, datedKey);
    let there = seen;
    for (let changes = 0; changes < MOST_CHANGES; changes += 1) {
      if (there && there !== seen && !isFallback(there)) return this.#adopted(request, there);
      const revision = hadPicture || there ? generation : undefined;
      const labels = pictureLabels(picture, { generation, revision });
      if (await this.#write(request, stored, labels, there)) {
        const image = placedImage(this.#store, request.key, picture, revision, source);
        return { image, shown: generation };
      }
      there = await this.#store.head(request.key);
    }
    throw new CafeError('storage_unavailable', 'The page changes faster than it can be read.');
  }

  /** Before it is placed, so that whoever looks for all pages of a picture finds it. */
  async #note(request: PageRequest, datedKey: string): Promise<void> {
    const dated = this.#keys.parse(datedKey);
    if (dated?.kind === 'dated') await this.#placements.write(request, dated, 'own');
  }

  /** `false` where the page shows something else by now than what was seen `there`. */
  async #write(
    { key }: PageRequest,
    { datedKey, bytes }: Stored,
    labels: ObjectLabels,
    there: ObjectHead | undefined,
  ): Promise<boolean> {
    if (!bytes && !there) {
      return (await this.#store.copy(datedKey, key, labels, { ifAbsent: true })) === 'copied';
    }
    const content = bytes ?? (await this.#store.get(datedKey))?.bytes;
    if (!content) return false;
    const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
    return (await this.#store.put(key, content, labels, condition)) !== undefined;
  }

  #adopted({ key, country }: PageRequest, there: ObjectHead): KeptPicture {
    const { revision } = labellingOf(there);
    return {
      image: placedImage(this.#store, key, pictureOf(there, country), revision),
      shown: shownBy(there),
    };
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
