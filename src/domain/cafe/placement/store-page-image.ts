import type { ImageEvents } from '../../images/image-events.ts';
import {
  type PageImage,
  pictureLabels,
  pictureOf,
  storableModel,
} from '../../images/image-labels.ts';
import type { UnstoredImage } from '../../images/image-spool.ts';
import type { MakeRenditions } from '../../images/make-renditions.ts';
import type { PersistImage } from '../../images/persist-image.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { Journal } from '../../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../../pages/page.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { GeneratedPageImage } from '../page-generation.ts';
import type { OnPage, OwnImage, PageBefore, PlaceImage, StoredPageImage } from './place-image.ts';

/** An image that was just generated. */
type FreshPicture = OwnImage & { bytes: Uint8Array };

interface Deps {
  store: ImageStore;
  keys: ImageKeys;
  events: ImageEvents;
  persistImage: PersistImage;
  makeRenditions: MakeRenditions;
  placeImage: PlaceImage;
  journal: Journal;
}

/**
 * Stores a paid image in the dated pool, with its renditions, and under its page's key, all at
 * once. Each copy is complete, so any of them may fail, and any one is enough after a crash.
 */
export class StorePageImage {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Returns the page's URL, or the dated URL if only the pool could be written: that image is
   * public and paid for, and {@link recover} places it on the next request. If only the page could
   * be written, the pool's copy is retried later. The object the page is known to show is replaced,
   * see `PlaceImage`.
   *
   * @param announced whether the page's placement is recorded
   * @throws CafeError `storage_unavailable` if neither could be written; storing is then retried
   *   later
   */
  async keep(
    request: PageRequest,
    made: GeneratedPageImage,
    before: PageBefore,
    announced: Promise<boolean>,
  ): Promise<StoredPageImage> {
    const { place, datedKey, image } = made;
    const { width, height, bytes } = image;
    const model = storableModel(image.model);
    const country = request.country?.code;
    const plain = { country, width, height, model, renditions: undefined };
    // Write the image to disk first: making renditions occupies the threads that write files.
    await this.#deps.persistImage.take(this.#inPool({ place, datedKey, picture: plain, bytes }));
    const files = await this.#deps.makeRenditions.make(place, bytes);
    const picture = { ...plain, renditions: files?.renditions };
    const fresh = { place, datedKey, picture, bytes };
    const [inPool, onPage, areFilesStored] = await Promise.all([
      settled(this.#deps.persistImage.put(this.#inPool(fresh))),
      settled(this.#deps.placeImage.place(request, fresh, before, announced)),
      files === undefined || this.#deps.makeRenditions.store(files),
    ]);
    const kept = areFilesStored ? fresh : withoutRenditions(fresh);
    if (kept !== fresh) {
      await this.#relabel(request, kept, resultOf(inPool), resultOf(onPage)?.written);
    }
    if (inPool.status === 'rejected') {
      await this.#deps.persistImage.hold(request, this.#inPool(kept), inPool.reason);
    } else this.#deps.events.created({ key: datedKey });
    if (onPage.status === 'fulfilled') return generated(onPage.value, kept);
    if (inPool.status === 'rejected') throw inPool.reason;
    return this.#inPoolAlone(request, kept, 'generated', onPage.reason);
  }

  /**
   * Places an image that was generated for the page, if it is stored or waiting to be stored. While
   * only the placing fails, serves it from the pool. `undefined` if there is none.
   *
   * @throws CafeError `storage_unavailable` while the image cannot be stored
   */
  async recover(
    request: PageRequest,
    datedKey: string,
    before: PageBefore,
  ): Promise<StoredPageImage | undefined> {
    await this.#deps.persistImage.storeUnstored(datedKey);
    const head = await this.#deps.store.head(datedKey);
    const place = this.#deps.keys.parse(datedKey);
    if (!head || place?.kind !== 'dated') return undefined;
    this.#deps.events.created({ key: datedKey });
    const own = { place, datedKey, picture: pictureOf(head, request.country) };
    const onPage = await settled(this.#deps.placeImage.place(request, own, before));
    if (onPage.status === 'rejected') {
      return this.#inPoolAlone(request, own, 'stored', onPage.reason);
    }
    if (onPage.value.shown === place.id) {
      this.#deps.journal.record({
        ...aboutPage(request),
        event: 'page_repaired',
        key: request.key,
      });
    }
    return onPage.value;
  }

  /** Resolves when no background store operation is running. */
  async finished(): Promise<void> {
    await Promise.all([this.#deps.makeRenditions.finished(), this.#deps.placeImage.finished()]);
  }

  #inPoolAlone(
    request: PageRequest,
    own: OwnImage,
    source: 'generated' | 'stored',
    cause: unknown,
  ): StoredPageImage {
    if (!(cause instanceof CafeError)) throw cause;
    const { key } = request;
    this.#deps.journal.record({ ...aboutPage(request), event: 'page_placing_failed', key, cause });
    const url = this.#deps.store.urlFor(own.datedKey);
    return { image: { url, source, picture: own.picture, placed: false } };
  }

  #inPool(fresh: FreshPicture): UnstoredImage {
    const { place, datedKey, picture, bytes } = fresh;
    const labels = pictureLabels(picture, { generation: place.id, revision: undefined });
    return { key: datedKey, bytes, labels };
  }

  /** Corrects labels that list missing renditions, unless the owner has changed the image since. */
  async #relabel(
    request: PageRequest,
    kept: FreshPicture,
    inPool: string | undefined,
    onPage: OnPage['written'],
  ): Promise<void> {
    const corrections = await Promise.all([
      inPool && settled(this.#deps.persistImage.put(this.#inPool(kept), { ifMatch: inPool })),
      onPage && settled(this.#deps.placeImage.relabel(request, kept, kept.bytes, onPage)),
    ]);
    for (const correction of corrections) {
      if (!correction || correction.status === 'fulfilled') continue;
      const { reason: cause } = correction;
      this.#deps.journal.record({ event: 'renditions_failed', key: kept.datedKey, cause });
    }
  }
}

function withoutRenditions(fresh: FreshPicture): FreshPicture {
  return { ...fresh, picture: { ...fresh.picture, renditions: undefined } };
}

/** The result for the requests that waited for the generation. */
function generated({ image, shown, written }: OnPage, { picture }: OwnImage): StoredPageImage {
  const shownImage: PageImage = written ? { ...image, source: 'generated', picture } : image;
  return { image: shownImage, ...(shown === undefined ? {} : { shown }) };
}

/** Waits for parallel work, so that none is left running if one part fails. */
async function settled<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}

function resultOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined;
}
