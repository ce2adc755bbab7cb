import { storableModel } from '../../images/image-credit.ts';
import type { ImageEvents } from '../../images/image-events.ts';
import { type PageImage, pictureLabels, pictureOf } from '../../images/image-labels.ts';
import type { UnstoredImage } from '../../images/image-spool.ts';
import type { MakeRenditions } from '../../images/make-renditions.ts';
import type { PersistImage } from '../../images/persist-image.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { Journal } from '../../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { GeneratedPageImage } from '../page-generation.ts';
import type { OnPage, OwnImage, PageBefore, PlaceImage, StoredPageImage } from './place-image.ts';

/** A picture that was just made. */
type FreshPicture = OwnImage & { bytes: Uint8Array };

/**
 * Stores what was paid for: in the dated pool, with its renditions, and under the key of its page, all
 * at once. Each holds the whole picture, so that any of them may fail, or be all that a crash leaves.
 */
export class StorePageImage {
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #events: ImageEvents;
  readonly #persistImage: PersistImage;
  readonly #makeRenditions: MakeRenditions;
  readonly #placeImage: PlaceImage;
  readonly #journal: Journal;

  constructor(deps: {
    store: ImageStore;
    keys: ImageKeys;
    events: ImageEvents;
    persistImage: PersistImage;
    makeRenditions: MakeRenditions;
    placeImage: PlaceImage;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#events = deps.events;
    this.#persistImage = deps.persistImage;
    this.#makeRenditions = deps.makeRenditions;
    this.#placeImage = deps.placeImage;
    this.#journal = deps.journal;
  }

  /**
   * The page's URL; the dated one where only the pool could be written: that picture is public and
   * paid for, and {@link recover} places it at the next request. Where only the page could be written,
   * the pool's copy is held. What the page is known to show is replaced, see `PlaceImage`.
   *
   * @param announced whether the page is written down to get the picture
   * @throws CafeError `storage_unavailable` where neither could be written; the picture is held then
   */
  async keep(
    request: PageRequest,
    made: GeneratedPageImage,
    before: PageBefore,
    announced: Promise<boolean>,
  ): Promise<StoredPageImage> {
    const { place, image } = made;
    const { width, height, bytes } = image;
    const model = storableModel(image.model);
    const country = request.country?.code;
    const plain = { country, width, height, model, renditions: undefined };
    this.#persistImage.take(this.#inPool({ place, picture: plain, bytes }));
    const files = await this.#makeRenditions.make(place, bytes);
    const fresh = { place, picture: { ...plain, renditions: files?.renditions }, bytes };
    const [inPool, onPage, areFilesStored] = await Promise.all([
      settled(this.#persistImage.put(this.#inPool(fresh))),
      settled(this.#placeImage.place(request, fresh, before, announced)),
      files === undefined || this.#makeRenditions.store(files),
    ]);
    const kept = areFilesStored ? fresh : withoutRenditions(fresh);
    if (kept !== fresh) {
      await this.#relabel(request, kept, resultOf(inPool), resultOf(onPage)?.written);
    }
    if (inPool.status === 'rejected') {
      await this.#persistImage.hold(request, this.#inPool(kept), inPool.reason);
    } else this.#events.created({ key: this.#keys.dated(kept.place) });
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
  ): Promise<StoredPageImage | undefined> {
    await this.#persistImage.storeUnstored(datedKey);
    const head = await this.#store.head(datedKey);
    const place = this.#keys.parse(datedKey);
    if (!head || place?.kind !== 'dated') return undefined;
    this.#events.created({ key: datedKey });
    const own = { place, picture: pictureOf(head, request.country) };
    const onPage = await settled(this.#placeImage.place(request, own, before));
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
    await Promise.all([this.#makeRenditions.finished(), this.#placeImage.finished()]);
  }

  #inPoolAlone(
    request: PageRequest,
    own: OwnImage,
    source: 'generated' | 'stored',
    cause: unknown,
  ): StoredPageImage {
    if (!(cause instanceof CafeError)) throw cause;
    const { key } = request;
    this.#journal.record({ ...aboutPage(request), event: 'page_placing_failed', key, cause });
    const url = this.#store.urlFor(this.#keys.dated(own.place));
    return { image: { url, source, picture: own.picture, placed: false } };
  }

  #inPool(fresh: FreshPicture): UnstoredImage {
    const { place, picture, bytes } = fresh;
    const labels = pictureLabels(picture, { generation: place.id, revision: undefined });
    return { key: this.#keys.dated(place), bytes, labels };
  }

  /** Corrects labels that name files which are not there, unless the owner has done something since. */
  async #relabel(
    request: PageRequest,
    kept: FreshPicture,
    inPool: string | undefined,
    onPage: OnPage['written'],
  ): Promise<void> {
    const corrections = await Promise.all([
      inPool && settled(this.#persistImage.put(this.#inPool(kept), { ifMatch: inPool })),
      onPage && settled(this.#placeImage.relabel(request, kept, kept.bytes, onPage)),
    ]);
    for (const correction of corrections) {
      if (!correction || correction.status === 'fulfilled') continue;
      const key = this.#keys.dated(kept.place);
      this.#journal.record({ event: 'renditions_failed', key, cause: correction.reason });
    }
  }
}

function withoutRenditions(fresh: FreshPicture): FreshPicture {
  return { ...fresh, picture: { ...fresh.picture, renditions: undefined } };
}

/** What the page shows, as it is told to those who waited for it to be made. */
function generated({ image, shown, written }: OnPage, { picture }: OwnImage): StoredPageImage {
  const shownImage: PageImage = written ? { ...image, source: 'generated', picture } : image;
  return { image: shownImage, ...(shown === undefined ? {} : { shown }) };
}

/** Waits for work beside others, none of which may be left behind where one fails. */
async function settled<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}

function resultOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined;
}
