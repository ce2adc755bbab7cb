import { storableModel } from '../../images/image-credit.ts';
import { pictureLabels } from '../../images/image-labels.ts';
import { VisibilityFolders } from '../../images/image-visibility.ts';
import type { MakeRenditions, UnstoredRenditions } from '../../images/make-renditions.ts';
import type { PersistImage } from '../../images/persist-image.ts';
import type { Renditions } from '../../images/renditions.ts';
import type { Journal } from '../../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { GeneratedPageImage } from '../page-generation.ts';

/**
 * Pictures that are paid for and wait for the owner's approval, out of everybody's sight. The claim of
 * the page goes on naming the picture for as long as it waits, so that every replica knows of it.
 */
export class ReviewQueue {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #folders: VisibilityFolders;
  readonly #persistImage: PersistImage;
  readonly #makeRenditions: MakeRenditions;
  readonly #journal: Journal;

  constructor(deps: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    persistImage: PersistImage;
    makeRenditions: MakeRenditions;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#folders = new VisibilityFolders(deps);
    this.#persistImage = deps.persistImage;
    this.#makeRenditions = deps.makeRenditions;
    this.#journal = deps.journal;
  }

  /**
   * Keeps a new picture, labelled as it will be in the pool.
   *
   * @throws CafeError `storage_unavailable`; the picture is held then
   */
  async keep(request: PageRequest, { place, image }: GeneratedPageImage): Promise<void> {
    const { width, height, bytes } = image;
    const model = storableModel(image.model);
    const country = request.country?.code;
    const key = this.#keyOf(this.#keys.dated(place));
    const unstored = (renditions: Renditions | undefined) => {
      const picture = { country, width, height, model, renditions };
      const labels = pictureLabels(picture, { generation: place.id, revision: undefined });
      return { key, bytes, labels };
    };
    this.#persistImage.take(unstored(undefined));
    const files = await this.#makeRenditions.make(place, bytes);
    const areStored = files !== undefined && (await this.#storeFiles(files));
    const picture = unstored(areStored ? files.renditions : undefined);
    try {
      await this.#persistImage.put(picture);
    } catch (cause) {
      await this.#persistImage.hold(request, picture, cause);
      throw cause;
    }
    this.#journal.record({ ...aboutPage(request), event: 'picture_awaits_review', key });
  }

  /**
   * Whether a picture waits. One that is in the pool, too, was approved.
   *
   * @param datedKey that it will have in the pool
   * @throws CafeError `storage_unavailable`
   */
  async has(datedKey: string): Promise<boolean> {
    const key = this.#keyOf(datedKey);
    await this.#persistImage.storeUnstored(key);
    const [waiting, approved] = await Promise.all([
      this.#store.head(key),
      this.#store.head(datedKey),
    ]);
    return waiting !== undefined && approved === undefined;
  }

  /**
   * Of these pictures, those that wait.
   *
   * @throws CafeError `storage_unavailable`
   */
  async among(datedKeys: readonly string[]): Promise<string[]> {
    const waiting = await Promise.all(datedKeys.map((key) => this.has(key)));
    return datedKeys.filter((_, n) => waiting[n]);
  }

  #storeFiles({ renditions, files }: UnstoredRenditions): Promise<boolean> {
    const out = files.map((file) => ({ ...file, key: this.#keyOf(file.key) }));
    return this.#makeRenditions.store({ renditions, files: out });
  }

  #keyOf(publicKey: string): string {
    return this.#folders.moved(publicKey, 'pool', 'pending');
  }
}
