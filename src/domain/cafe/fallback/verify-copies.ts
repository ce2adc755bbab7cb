import { VisibilityFolders } from '../../images/image-visibility.ts';
import { isTakenDown } from '../../images/taken-down.ts';
import { BackgroundTasks } from '../../kernel/concurrency.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { PageRequest } from '../../pages/page.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { ChangePageImage } from '../moderation/change-page-image.ts';
import type { ImagePool } from '../pool/image-pool.ts';

/** The source of a page's copy. */
export type CopySource =
  /** The image in the pool. */
  | 'pool'
  /** Another page, because the image has left the pool. */
  | 'page';

/** Generating a page's image takes at most this many waits. */
const TRIES = 10;

interface Deps {
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
  pool: ImagePool;
  changePageImage: ChangePageImage;
  journal: Journal;
}

/**
 * Checks in the background whether the image just copied to a page still exists. Moderation first
 * removes an image from the pool and then looks at its pages. A copy that reaches a page after that
 * look is detected here and removed.
 */
export class VerifyCopies {
  readonly #deps: Deps;
  readonly #folders: VisibilityFolders;
  readonly #checks = new BackgroundTasks();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#folders = new VisibilityFolders(deps);
  }

  /** Starts a check in the background. Costs one lookup, or two for a copy of another page. */
  begin(request: PageRequest, picture: PoolImage, source: CopySource): void {
    this.#checks.add(this.#check(request, picture, source));
  }

  /** Resolves when all started checks have ended. */
  finished(): Promise<void> {
    return this.#checks.ended();
  }

  async #check(request: PageRequest, picture: PoolImage, source: CopySource): Promise<void> {
    const { key } = request;
    try {
      if (!(await this.#hasGone(picture, source))) return;
      this.#deps.pool.drop(this.#deps.keys.dated(picture));
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const change = await this.#deps.changePageImage.takeOffCopy(request, picture);
        if (change !== 'busy') return;
      }
      throw new Error('The page is still being generated');
    } catch (cause) {
      this.#deps.journal.record({ event: 'copy_check_failed', key, cause });
    }
  }

  async #hasGone(picture: PoolImage, source: CopySource): Promise<boolean> {
    const datedKey = this.#deps.keys.dated(picture);
    if (source === 'pool') return !(await this.#deps.store.head(datedKey));
    return isTakenDown(this.#deps.store, this.#folders, datedKey);
  }
}
