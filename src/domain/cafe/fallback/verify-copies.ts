import { VisibilityFolders } from '../../images/image-visibility.ts';
import { isTakenDown } from '../../images/taken-down.ts';
import { BackgroundTasks } from '../../kernel/background-tasks.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { ChangePageImage } from '../moderation/change-page-image.ts';
import type { ImagePool } from '../pool/image-pool.ts';

/** What a page got a copy of. */
export type CopySource =
  /** The picture in the pool. */
  | 'pool'
  /** Another page, as the picture is in the pool no more. */
  | 'page';

/** Painting a page takes no longer than so many waits for it. */
const TRIES = 10;

/**
 * Looks once more, behind the reader's back, for the picture that a page has just got a copy of. Whoever
 * takes a picture down first takes it out of the pool and then looks at its pages; a copy that comes to
 * a page only after that look is found here to be of a picture that is gone, and is taken off again.
 */
export class VerifyCopies {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #folders: VisibilityFolders;
  readonly #pool: ImagePool;
  readonly #changePageImage: ChangePageImage;
  readonly #journal: Journal;
  readonly #checks = new BackgroundTasks();

  constructor(deps: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    pool: ImagePool;
    changePageImage: ChangePageImage;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#folders = new VisibilityFolders(deps);
    this.#pool = deps.pool;
    this.#changePageImage = deps.changePageImage;
    this.#journal = deps.journal;
  }

  /** Begins to, for which nobody waits. Costs one look, or two for a copy of another page. */
  begin(request: PageRequest, picture: PoolImage, source: CopySource): void {
    this.#checks.add(this.#check(request, picture, source));
  }

  /** Resolves when all that was begun has ended. */
  finished(): Promise<void> {
    return this.#checks.ended();
  }

  async #check(request: PageRequest, picture: PoolImage, source: CopySource): Promise<void> {
    const { key } = request;
    try {
      if (!(await this.#hasGone(picture, source))) return;
      this.#pool.drop(this.#keys.dated(picture));
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const change = await this.#changePageImage.takeOffCopy(request, picture);
        if (change !== 'busy') return;
      }
      throw new Error('The page is being painted all the time');
    } catch (cause) {
      this.#journal.record({ event: 'copy_check_failed', key, cause });
    }
  }

  async #hasGone(picture: PoolImage, source: CopySource): Promise<boolean> {
    const datedKey = this.#keys.dated(picture);
    if (source === 'pool') return !(await this.#store.head(datedKey));
    return isTakenDown(this.#store, this.#folders, datedKey);
  }
}
