import {
  isFallback,
  labellingOf,
  type PageImage,
  type Picture,
  pictureLabels,
  pictureOf,
} from '../../images/image-labels.ts';
import { BackgroundTasks } from '../../kernel/concurrency.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { PageRequest } from '../../pages/page.ts';
import type { PoolImage } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead, ObjectLabels } from '../../storage/object-store.ts';
import type { PlacementIndex } from './placement-index.ts';

/** What a page shows. */
export interface PlacedImage {
  image: PageImage;
  head: ObjectHead;
}

/** The object under the page's key; `undefined` if there is none. */
export async function findPlaced(
  store: ImageStore,
  { key, country }: PageRequest,
): Promise<PlacedImage | undefined> {
  const head = await store.head(key);
  if (!head) return undefined;
  const { revision } = labellingOf(head);
  const image = placedImage(store, key, pictureOf(head, country), revision);
  return { image: head.life ? { ...image, life: head.life } : image, head };
}

/** The id of the generation an object shows, or a placeholder for an object from elsewhere. */
export function shownBy(head: ObjectHead): string {
  return labellingOf(head).generation ?? 'unlabelled';
}

/**
 * An image under its page's key. A revision makes the URL unique, so that caches do not serve the
 * previous image. Stores ignore it.
 */
export function placedImage(
  store: ImageStore,
  key: string,
  picture: Picture,
  revision: string | undefined,
  source: PageImage['source'] = 'stored',
): PageImage {
  return { url: placedUrl(store, key, revision), source, picture, placed: true };
}

/** The URL of a page's image. */
export function placedUrl(store: ImageStore, key: string, revision: string | undefined): string {
  const url = store.urlFor(key);
  return revision ? `${url}?v=${revision}` : url;
}

/** How often a page's key may change between a lookup and a write. */
const MAX_CHANGES = 3;

/** What is known of a page before its image is placed. */
export interface PageBefore {
  /** The page has shown its own image before, which caches may still have. */
  hadPicture: boolean;
  /** The object to replace; looked up if needed. */
  there?: ObjectHead | undefined;
}

/** A page's image, wherever it is stored. */
export interface StoredPageImage {
  image: PageImage;
  /** The id of the generation the page shows as its own image; absent if it is not placed. */
  shown?: string;
}

/** An image that was made for the page. */
export interface OwnImage {
  /** Its place in the pool, and the key there. */
  place: PoolImage;
  datedKey: string;
  picture: Picture;
  /** Read from the pool if absent. */
  bytes?: Uint8Array;
}

/** What a page shows now, and what was written for it. */
export interface OnPage extends StoredPageImage {
  /** Absent if nothing was written: another process has placed an image meanwhile. */
  written?: { etag: string; revision: string | undefined };
}

interface Deps {
  store: ImageStore;
  placementIndex: PlacementIndex;
}

/** Places a page's own image under the page's key. */
export class PlaceImage {
  readonly #deps: Deps;
  readonly #announcements = new BackgroundTasks();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Records that the page is going to get the image, so that a search for the image's pages finds
   * it. Returns whether the record is written. Never throws.
   */
  announce(request: PageRequest, place: PoolImage): Promise<boolean> {
    const announced = this.#deps.placementIndex.write(request, place, 'own').then(
      () => true,
      // The write is retried before the image is placed. That try reports a failure.
      () => false,
    );
    this.#announcements.add(announced.then(() => {}));
    return announced;
  }

  /**
   * Replaces the object the page is known to show, and any fallback. An own image that another
   * process has placed meanwhile stays, because readers may have it.
   *
   * @param announced the result of {@link announce}, if it was called
   * @throws CafeError `storage_unavailable`
   */
  async place(
    request: PageRequest,
    own: OwnImage,
    { hadPicture, there: seen }: PageBefore,
    announced?: Promise<boolean>,
  ): Promise<OnPage> {
    const { place, picture } = own;
    if (!(await announced)) await this.#deps.placementIndex.write(request, place, 'own');
    let there = seen;
    for (let changes = 0; changes < MAX_CHANGES; changes += 1) {
      if (there && there !== seen && !isFallback(there)) return this.#adopted(request, there);
      const revision = hadPicture || there ? place.id : undefined;
      const labels = pictureLabels(picture, { generation: place.id, revision });
      const written = await this.#write(request, own, labels, there);
      if (written) {
        const image = placedImage(this.#deps.store, request.key, picture, revision);
        const { etag } = written;
        return { image, shown: place.id, ...(etag ? { written: { etag, revision } } : {}) };
      }
      there = await this.#deps.store.head(request.key);
    }
    throw new CafeError('storage_unavailable', 'The page changes too often; try again.');
  }

  /**
   * Updates the labels of the image just placed, unless the page shows another object by now.
   *
   * @throws CafeError `storage_unavailable`
   */
  async relabel(
    { key }: PageRequest,
    { place, picture }: OwnImage,
    bytes: Uint8Array,
    { etag, revision }: NonNullable<OnPage['written']>,
  ): Promise<void> {
    const labels = pictureLabels(picture, { generation: place.id, revision });
    await this.#deps.store.put(key, bytes, labels, { ifMatch: etag });
  }

  /** Resolves when no background write is running. */
  finished(): Promise<void> {
    return this.#announcements.ended();
  }

  /** `undefined` if the page no longer shows the object seen `there`. */
  async #write(
    { key }: PageRequest,
    { datedKey, bytes }: OwnImage,
    labels: ObjectLabels,
    there: ObjectHead | undefined,
  ): Promise<{ etag?: string } | undefined> {
    if (!bytes && !there) {
      const outcome = await this.#deps.store.copy(datedKey, key, labels, { ifAbsent: true });
      return outcome === 'copied' ? {} : undefined;
    }
    const content = bytes ?? (await this.#deps.store.get(datedKey))?.bytes;
    if (!content) return undefined;
    const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
    const etag = await this.#deps.store.put(key, content, labels, condition);
    return etag === undefined ? undefined : { etag };
  }

  #adopted({ key, country }: PageRequest, there: ObjectHead): OnPage {
    const { revision } = labellingOf(there);
    return {
      image: placedImage(this.#deps.store, key, pictureOf(there, country), revision),
      shown: shownBy(there),
    };
  }
}
