import {
  isFallback,
  labellingOf,
  type PageImage,
  type Picture,
  pictureLabels,
  pictureOf,
} from '../../images/image-labels.ts';
import { BackgroundTasks } from '../../kernel/background-tasks.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ImageStore } from '../../storage/image-store.ts';
import type { ObjectHead, ObjectLabels } from '../../storage/object-store.ts';
import { placedImage, shownBy } from './placed-image.ts';
import type { PlacementIndex } from './placement-index.ts';

/** How often a page's key may change between a look and a write. */
const MAX_CHANGES = 3;

/** What is known of a page before its picture is placed. */
export interface PageBefore {
  /** The page has shown a picture of its own before, which caches may still have. */
  hadPicture: boolean;
  /** What the page shows now and is to be replaced; looked up where it turns out to matter. */
  there?: ObjectHead | undefined;
}

/** A page's picture, wherever it is kept. */
export interface StoredPageImage {
  image: PageImage;
  /** The id of the generation that the page shows now, of its own; absent where that is not placed. */
  shown?: string;
}

/** A picture that was made for the page. */
export interface OwnImage {
  /** Where in the pool it belongs. */
  place: PoolImage;
  picture: Picture;
  /** Read from the pool where they are not at hand. */
  bytes?: Uint8Array;
}

/** What a page shows now, and what was written for it. */
export interface OnPage extends StoredPageImage {
  /** Absent where nothing was: another process has placed a picture meanwhile. */
  written?: { etag: string; revision: string | undefined };
}

interface Deps {
  store: ImageStore;
  keys: ImageKeys;
  placementIndex: PlacementIndex;
}

/** Puts a page's own picture under the page's key. */
export class PlaceImage {
  readonly #deps: Deps;
  readonly #announcements = new BackgroundTasks();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Writes down that the page is going to get the picture, so that whoever looks for all pages of a
   * picture finds it. Whether that is written now; never throws.
   */
  announce(request: PageRequest, place: PoolImage): Promise<boolean> {
    const announced = this.#deps.placementIndex.write(request, place, 'own').then(
      () => true,
      // It is tried again before the picture is placed, and then told.
      () => false,
    );
    this.#announcements.add(announced.then(() => {}));
    return announced;
  }

  /**
   * Replaces what the page is known to show, and a fallback in any case; a picture of its own that
   * another process has placed meanwhile stays, as readers may have it.
   *
   * @param announced what {@link announce} answered, where it was called
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
    throw new CafeError('storage_unavailable', 'The page changes faster than it can be read.');
  }

  /**
   * Labels what was just placed once more, unless the page shows something else by now.
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

  /** Resolves when nothing is written any more that nobody waits for. */
  finished(): Promise<void> {
    return this.#announcements.ended();
  }

  /** `undefined` where the page shows something else by now than what was seen `there`. */
  async #write(
    { key }: PageRequest,
    { place, bytes }: OwnImage,
    labels: ObjectLabels,
    there: ObjectHead | undefined,
  ): Promise<{ etag?: string } | undefined> {
    const datedKey = this.#deps.keys.dated(place);
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
