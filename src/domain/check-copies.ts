import type { ChangePage } from './admin/change-page.ts';
import type { ImageKeys, PoolPicture } from './image-key.ts';
import type { PageRequest } from './page-request.ts';
import { PendingWork } from './pending-work.ts';
import type { PicturePool } from './picture-pool.ts';
import type { Journal } from './ports/journal.ts';
import type { ObjectStore } from './ports/object-store.ts';
import { Shelves } from './shelves.ts';
import { isTakenDown } from './taken-down.ts';

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
export class CheckCopies {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #shelves: Shelves;
  readonly #pool: PicturePool;
  readonly #changePage: ChangePage;
  readonly #journal: Journal;
  readonly #checks = new PendingWork();

  constructor(deps: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    pool: PicturePool;
    changePage: ChangePage;
    journal: Journal;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#shelves = new Shelves(deps);
    this.#pool = deps.pool;
    this.#changePage = deps.changePage;
    this.#journal = deps.journal;
  }

  /** Begins to, for which nobody waits. Costs one look, or two for a copy of another page. */
  begin(request: PageRequest, picture: PoolPicture, source: CopySource): void {
    this.#checks.add(this.#check(request, picture, source));
  }

  /** Resolves when all that was begun has ended. */
  finished(): Promise<void> {
    return this.#checks.ended();
  }

  async #check(request: PageRequest, picture: PoolPicture, source: CopySource): Promise<void> {
    const { key } = request;
    try {
      if (!(await this.#hasGone(picture, source))) return;
      this.#pool.drop(this.#keys.dated(picture));
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const change = await this.#changePage.takeOffCopy(request, picture);
        if (change !== 'busy') return;
      }
      throw new Error('The page is being painted all the time');
    } catch (cause) {
      this.#journal.record({ event: 'copy_check_failed', key, cause });
    }
  }

  async #hasGone(picture: PoolPicture, source: CopySource): Promise<boolean> {
    const datedKey = this.#keys.dated(picture);
    if (source === 'pool') return !(await this.#store.head(datedKey));
    return isTakenDown(this.#store, this.#shelves, datedKey);
  }
}
