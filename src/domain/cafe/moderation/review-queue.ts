import { pictureLabels, type Renditions, storableModel } from '../../images/image-labels.ts';
import { VisibilityFolders } from '../../images/image-visibility.ts';
import type { MakeRenditions, UnstoredRenditions } from '../../images/make-renditions.ts';
import type { PersistImage } from '../../images/persist-image.ts';
import type { Journal } from '../../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../../pages/page.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { GeneratedPageImage } from '../page-generation.ts';

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
  persistImage: PersistImage;
  makeRenditions: MakeRenditions;
  journal: Journal;
}

/**
 * Paid images that wait for the owner's approval. They are not public. The page's claim history
 * lists the image while it waits, so that every replica knows it.
 */
export class ReviewQueue {
  readonly #deps: Deps;
  readonly #folders: VisibilityFolders;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#folders = new VisibilityFolders(deps);
  }

  /**
   * Stores a new image with the labels it will have in the pool.
   *
   * @throws CafeError `storage_unavailable`; storing the image is then retried later
   */
  async keep(request: PageRequest, { place, datedKey, image }: GeneratedPageImage): Promise<void> {
    const { width, height, bytes } = image;
    const model = storableModel(image.model);
    const country = request.country?.code;
    const key = this.#keyOf(datedKey);
    const unstored = (renditions: Renditions | undefined) => {
      const picture = { country, width, height, model, renditions };
      const labels = pictureLabels(picture, { generation: place.id, revision: undefined });
      return { key, bytes, labels };
    };
    // Write the image to disk first: making renditions occupies the threads that write files.
    await this.#deps.persistImage.take(unstored(undefined));
    const files = await this.#deps.makeRenditions.make(place, bytes);
    const areStored = files !== undefined && (await this.#storeFiles(files));
    const picture = unstored(areStored ? files.renditions : undefined);
    try {
      await this.#deps.persistImage.put(picture);
    } catch (cause) {
      await this.#deps.persistImage.hold(request, picture, cause);
      throw cause;
    }
    this.#deps.journal.record({ ...aboutPage(request), event: 'picture_awaits_review', key });
  }

  /**
   * Whether an image waits for approval. An image that is also in the pool was approved.
   *
   * @param datedKey its future key in the pool
   * @throws CafeError `storage_unavailable`
   */
  async has(datedKey: string): Promise<boolean> {
    const key = this.#keyOf(datedKey);
    await this.#deps.persistImage.storeUnstored(key);
    const [waiting, approved] = await Promise.all([
      this.#deps.store.head(key),
      this.#deps.store.head(datedKey),
    ]);
    return waiting !== undefined && approved === undefined;
  }

  /**
   * Those of the given images that wait for approval.
   *
   * @throws CafeError `storage_unavailable`
   */
  async among(datedKeys: readonly string[]): Promise<string[]> {
    const waiting = await Promise.all(datedKeys.map((key) => this.has(key)));
    return datedKeys.filter((_, n) => waiting[n]);
  }

  #storeFiles({ renditions, files }: UnstoredRenditions): Promise<boolean> {
    const out = files.map((file) => ({ ...file, key: this.#keyOf(file.key) }));
    return this.#deps.makeRenditions.store({ renditions, files: out });
  }

  #keyOf(publicKey: string): string {
    return this.#folders.moved(publicKey, 'pool', 'pending');
  }
}
