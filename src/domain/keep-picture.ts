import { CafeError } from './errors.ts';
import type { HeldPictures } from './held-pictures.ts';
import type { ImageKeys } from './image-key.ts';
import type { MadePicture } from './make-picture.ts';
import type { MakeRenditions } from './make-renditions.ts';
import { type PageImage, pictureLabels, pictureOf } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { PicturePool } from './picture-pool.ts';
import type { KeptPicture, OnPage, OwnPicture, PageBefore, PlacePicture } from './place-picture.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { ObjectLabels } from './ports/object-store.ts';

/** Waits between the tries to store a picture that is paid for. */
const RETRY_WAITS_MS = [500, 2_000, 5_000, 8_000, 14_000];
/** A store that hangs takes longer than the waits; after this no further try begins. */
const LAST_TRY_MS = 30_000;

/** A picture that was just made. */
type FreshPicture = OwnPicture & { bytes: Uint8Array };

/**
 * Stores what was paid for: in the dated pool, with its renditions, and under the key of its page, all
 * at once. Each holds the whole picture, so that any of them may fail, or be all that a crash leaves.
 */
export class KeepPicture {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #pool: PicturePool;
  readonly #held: HeldPictures;
  readonly #makeRenditions: MakeRenditions;
  readonly #placePicture: PlacePicture;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    pool: PicturePool;
    held: HeldPictures;
    makeRenditions: MakeRenditions;
    placePicture: PlacePicture;
    clock: Clock;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#pool = deps.pool;
    this.#held = deps.held;
    this.#makeRenditions = deps.makeRenditions;
    this.#placePicture = deps.placePicture;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
  }

  /**
   * The page's URL; the dated one where only the pool could be written: that picture is public and
   * paid for, and {@link recover} places it at the next request. Where only the page could be written,
   * the pool's copy is held. What the page is known to show is replaced, see `PlacePicture`.
   *
   * @param announced whether the page is written down to get the picture
   * @throws CafeError `storage_unavailable` where neither could be written; the picture is held then
   */
  async keep(
    request: PageRequest,
    made: MadePicture,
    before: PageBefore,
    announced: Promise<boolean>,
  ): Promise<KeptPicture> {
    const { place, image } = made;
    const { width, height, bytes } = image;
    const files = await this.#makeRenditions.make(place, bytes);
    const picture = {
      country: request.country?.code,
      width,
      height,
      renditions: files?.renditions,
    };
    const fresh = { place, picture, bytes };
    const [inPool, onPage, areFilesStored] = await Promise.all([
      settled(this.#persist(() => this.#putInPool(fresh))),
      settled(this.#placePicture.place(request, fresh, before, announced)),
      files === undefined || this.#makeRenditions.store(files),
    ]);
    const kept = areFilesStored ? fresh : withoutRenditions(fresh);
    if (kept !== fresh) await this.#relabel(request, kept, { inPool, onPage });
    if (inPool.status === 'rejected') await this.#hold(request, kept, inPool.reason);
    else this.#pool.add(this.#datedKey(kept));
    if (onPage.status === 'fulfilled') return generated(onPage.value, kept);
    if (inPool.status === 'rejected') throw inPool.reason;
    return this.#inPoolAlone(request, kept, 'generated', onPage.reason);
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
    const place = this.#keys.parse(datedKey);
    if (!head || place?.kind !== 'dated') return undefined;
    this.#pool.add(datedKey);
    const own = { place, picture: pictureOf(head, request.country) };
    const onPage = await settled(this.#placePicture.place(request, own, before));
    if (onPage.status === 'rejected') {
      return this.#inPoolAlone(request, own, 'stored', onPage.reason);
    }
    if (onPage.value.shown === place.id) {
      this.#journal.record({ ...aboutPage(request), event: 'page_repaired', key: request.key });
    }
    return onPage.value;
  }

  /** Resolves when nothing is stored any more that nobody waits for. */
  async finished(): Promise<void> {
    await Promise.all([this.#makeRenditions.finished(), this.#placePicture.finished()]);
  }

  #inPoolAlone(
    request: PageRequest,
    own: OwnPicture,
    source: 'generated' | 'stored',
    cause: unknown,
  ): KeptPicture {
    if (!(cause instanceof CafeError)) throw cause;
    const { key } = request;
    this.#journal.record({ ...aboutPage(request), event: 'page_placing_failed', key, cause });
    const url = this.#store.urlFor(this.#datedKey(own));
    return { image: { url, source, picture: own.picture, placed: false } };
  }

  async #putInPool(fresh: FreshPicture): Promise<void> {
    await this.#store.put(this.#datedKey(fresh), fresh.bytes, labelsInPool(fresh));
  }

  async #hold(request: PageRequest, fresh: FreshPicture, cause: unknown): Promise<void> {
    const { bytes } = fresh;
    const unstored = { datedKey: this.#datedKey(fresh), bytes, labels: labelsInPool(fresh) };
    const isHeld = cause instanceof CafeError && (await this.#held.hold(unstored));
    this.#journal.record({ ...aboutPage(request), event: 'storing_failed', isHeld, cause });
    if (!(cause instanceof CafeError)) throw cause;
  }

  /** Corrects labels that name files which are not there. */
  async #relabel(
    request: PageRequest,
    kept: FreshPicture,
    {
      inPool,
      onPage,
    }: { inPool: PromiseSettledResult<void>; onPage: PromiseSettledResult<OnPage> },
  ): Promise<void> {
    const written = onPage.status === 'fulfilled' ? onPage.value.written : undefined;
    const corrections = await Promise.all([
      inPool.status === 'fulfilled'
        ? settled(this.#persist(() => this.#putInPool(kept)))
        : undefined,
      written && settled(this.#placePicture.relabel(request, kept, kept.bytes, written)),
    ]);
    for (const correction of corrections) {
      if (correction?.status !== 'rejected') continue;
      const key = this.#datedKey(kept);
      this.#journal.record({ event: 'renditions_failed', key, cause: correction.reason });
    }
  }

  #datedKey({ place: { day, id, country } }: OwnPicture): string {
    return this.#keys.dated(day, id, country);
  }

  async #persist(write: () => Promise<void>): Promise<void> {
    const started = this.#clock.monotonic();
    for (const wait of RETRY_WAITS_MS) {
      try {
        return await write();
      } catch (error) {
        const elapsed = this.#clock.monotonic() - started;
        if (!(error instanceof CafeError) || elapsed + wait > LAST_TRY_MS) throw error;
      }
      await this.#clock.sleep(wait);
    }
    await write();
  }
}

function labelsInPool({ place, picture }: OwnPicture): ObjectLabels {
  return pictureLabels(picture, { generation: place.id, revision: undefined });
}

function withoutRenditions(fresh: FreshPicture): FreshPicture {
  return { ...fresh, picture: { ...fresh.picture, renditions: undefined } };
}

/** What the page shows, as it is told to those who waited for it to be made. */
function generated({ image, shown, written }: OnPage, { picture }: OwnPicture): KeptPicture {
  const shownImage: PageImage = written ? { ...image, source: 'generated', picture } : image;
  return { image: shownImage, ...(shown === undefined ? {} : { shown }) };
}

/** Waits for work beside others, none of which may be left behind where one fails. */
async function settled<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}
