import type { GenerationHistory, HistoryEntry } from '../../budget/generation-history.ts';
import type { ImageFiles } from '../../images/image-files.ts';
import type { Clock } from '../../kernel/clock.ts';
import { forEachAtOnce } from '../../kernel/concurrency.ts';
import { dayAt } from '../../kernel/day.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { PlacementIndex } from '../placement/placement-index.ts';
import type { ImagePool } from '../pool/image-pool.ts';
import type { ChangePageImage, PageChange } from './change-page-image.ts';
import type { ImagesBeingHidden } from './images-being-hidden.ts';
import type { ModerationAct } from './moderation-act.ts';
import { type ImageOnPage, type PageOfImage, PagesOfImage } from './pages-of-image.ts';

/** What is known of an image to remove. */
type Known = Pick<HistoryEntry, 'picture' | 'presence' | 'record'>;

/** How often an image may return to the pool while it is being hidden. */
const MAX_ROUNDS = 3;
/** Pages changed concurrently. Each has one call in progress. */
const AT_ONCE = 16;

interface Deps {
  keys: ImageKeys;
  files: ImageFiles;
  pool: ImagePool;
  history: GenerationHistory;
  placementIndex: PlacementIndex;
  changePageImage: ChangePageImage;
  /** Stops readers from getting images that are being hidden. */
  beingHidden: ImagesBeingHidden;
  /** Called for every page that may show an image being hidden. */
  forget: (pageKey: string) => void;
  /** The cost of an image without a record. */
  dearestMicroUsd: number;
  clock: Clock;
}

/**
 * Hides, deletes, approves and restores images.
 *
 * Every step is idempotent: repeating an act completes all steps that a crash or a failing store
 * left undone. The cost of an image keeps counting, because it is recorded before the image is
 * removed.
 */
export class ModerateImage {
  readonly #deps: Deps;
  readonly #pages: PagesOfImage;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#pages = new PagesOfImage(deps);
  }

  /**
   * Publishes an image that waits for approval: in the pool, and on its page. It replaces the image
   * that the page shows. `false` if the image does not wait.
   *
   * @throws CafeError `storage_unavailable`
   */
  async approve(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const entry = await this.#deps.history.find(picture);
    if (entry?.presence !== 'pending') return false;
    await this.#deps.files.copy(picture, 'pending', 'pool');
    this.#deps.pool.add(this.#deps.keys.dated(picture));
    await this.#changeAll(this.#pages.own(entry.record), act, ({ request, source }) =>
      this.#deps.changePageImage.show(request, picture, { source, over: 'anything' }),
    );
    // Delete this last: until then, another approval can complete a partial one.
    if (act.busy === 0) await this.#deps.files.delete(picture, 'pending');
    return true;
  }

  /**
   * Moves an image and its renditions out of the public prefix, and removes it from every page. An
   * image that waits for approval is rejected: its page may get another. `false` if no such image
   * exists in the store or on a page. Once the act expects pages, the image is out of the pool.
   *
   * Code that copies it onto a page meanwhile checks again whether it is still in the pool, see
   * `VerifyCopies`. So if an act looks at the pages after the image has left the pool, it finds all
   * other pages.
   *
   * @throws CafeError `storage_unavailable`
   */
  hide(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    return this.#deps.beingHidden.during(picture.id, () => this.#hide(picture, act));
  }

  /**
   * Restores a hidden image, and shows it again on its former pages that have no image of their
   * own. `false` if it is not hidden.
   *
   * @throws CafeError `storage_unavailable`
   */
  async restore(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const entry = await this.#deps.history.find(picture);
    if (entry?.presence !== 'hidden') return false;
    await this.#deps.files.move(picture, 'hidden', 'pool');
    this.#deps.pool.add(this.#deps.keys.dated(picture));
    const pages = await this.#pages.all(picture, entry.record);
    await this.#changeAll(pages, act, ({ request, source }) =>
      this.#deps.changePageImage.show(request, picture, { source, over: 'fallbacks' }),
    );
    return true;
  }

  /**
   * Deletes an image (hidden or not) and its renditions for good, and removes it from every page.
   * Its record stays. While a page is busy, the image is only hidden. `false` if no such image
   * exists in the store or on a page; a deleted image that a page still shows is deleted again.
   *
   * @throws CafeError `storage_unavailable`
   */
  async delete(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const wasThere = await this.hide(picture, act);
    // Erase this last: while a page may show the image, it must exist.
    if (wasThere && act.busy === 0 && !act.isStopped) await this.#deps.files.erase(picture);
    return wasThere;
  }

  async #hide(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const entry = await this.#present(picture, act);
    let isThere = entry.presence !== 'absent';
    if (isThere) await this.#writeDown(picture);
    // Approval moves the image from pending to the pool. The same order here finds it even if an
    // approval runs at the same time.
    await this.#deps.files.move(picture, 'pending', 'hidden');
    await this.#deps.files.move(picture, 'pool', 'hidden');
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      this.#deps.pool.drop(this.#deps.keys.dated(picture));
      await this.#takeOffAll(entry, act);
      if (act.isStopped) return true;
      if (isThere && !(await this.#isStillHidden(picture))) {
        act.stop('replaced');
        return true;
      }
      // Meanwhile, the process that generated the image may have stored its remaining files, and
      // other pages may have used it as a fallback.
      if (!(await this.#deps.files.move(picture, 'pool', 'hidden'))) {
        return isThere || act.changed > 0 || act.busy > 0;
      }
      isThere = true;
    }
    throw new CafeError(
      'storage_unavailable',
      'The picture was restored repeatedly while it was being hidden.',
    );
  }

  /** Another replica may have restored or deleted it since. */
  async #isStillHidden(picture: PoolImage): Promise<boolean> {
    return (await this.#deps.files.isHidden(picture)) || this.#deps.files.isErased(picture);
  }

  /** The budget counts an image without a record only on its own day. */
  #writeDown(picture: PoolImage): Promise<void> {
    const isOfToday = picture.day === dayAt(this.#deps.clock.now());
    return this.#deps.history.writeDown(picture, isOfToday ? this.#deps.dearestMicroUsd : 0);
  }

  /**
   * If a crash left an image on pages only, restores it to the pool first, unless it was deleted.
   */
  async #present(picture: PoolImage, act: ModerationAct): Promise<Known> {
    const found = await this.#deps.history.find(picture);
    const entry: Known = found ?? { picture, presence: 'absent', record: undefined };
    if (entry.presence !== 'absent' || (await this.#deps.files.isErased(picture))) return entry;
    const pages = await this.#pages.all(picture, entry.record);
    for (const { key } of pages) this.#deps.forget(key);
    act.expect(pages.length);
    let isBack = false;
    await forEachAtOnce(pages, AT_ONCE, async (page) => {
      const known = isBack || act.isStopped ? undefined : await page.open();
      if (known && !isBack)
        isBack = await this.#deps.changePageImage.putBack(known.request, picture);
    });
    return isBack ? { ...entry, presence: 'visible' } : entry;
  }

  async #takeOffAll(entry: Known, act: ModerationAct): Promise<void> {
    const { picture, presence, record } = entry;
    const pages = await this.#pages.all(picture, record);
    for (const { key } of pages) this.#deps.forget(key);
    // Also remove the copy that stands in for a rejected image (perhaps from a partial act): it
    // would keep the page from getting another image.
    const withFallback = presence === 'pending' || presence === 'hidden';
    await this.#changeAll(pages, act, ({ request, source }) =>
      // Its own page may be about to get it. Only the page's claim shows that, so claim the page.
      source === 'own'
        ? this.#deps.changePageImage.takeOff(request, picture, { withFallback })
        : this.#deps.changePageImage.takeOffCopy(request, picture),
    );
  }

  async #changeAll(
    pages: readonly PageOfImage[],
    act: ModerationAct,
    change: (page: ImageOnPage) => Promise<PageChange>,
  ): Promise<void> {
    act.forgetBusy();
    act.expect(pages.length);
    await forEachAtOnce(pages, AT_ONCE, async (page) => {
      // The next request for the act finds the remaining pages.
      if (act.isStopped) return;
      const known = await page.open();
      act.count(known ? await change(known) : 'unchanged');
    });
  }
}
