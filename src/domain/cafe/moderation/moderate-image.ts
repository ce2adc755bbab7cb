import type { GenerationHistory, HistoryEntry } from '../../budget/generation-history.ts';
import type { ImageFiles } from '../../images/image-files.ts';
import { forEachAtOnce } from '../../kernel/at-once.ts';
import type { Clock } from '../../kernel/clock.ts';
import { dayAt } from '../../kernel/day.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { PlacementIndex } from '../placement/placement-index.ts';
import type { ImagePool } from '../pool/image-pool.ts';
import type { ChangePageImage, PageChange } from './change-page-image.ts';
import type { ImagesBeingHidden } from './images-being-hidden.ts';
import type { ModerationAct } from './moderation-act.ts';
import { type ImageOnPage, type PageOfImage, PagesOfImage } from './pages-of-image.ts';

/** What is known of a picture that is to go. */
type Known = Pick<HistoryEntry, 'picture' | 'presence' | 'record'>;

/** How often a picture may come back into the pool while it is taken down. */
const MAX_ROUNDS = 3;
/** Pages that are changed at once: each of them keeps one call under way. */
const AT_ONCE = 16;

/**
 * Takes pictures out of sight, for now or for good, and puts them where they are seen.
 *
 * Every step can be done again: whatever a crash or a failing store leaves half done, the same act
 * completes. What a picture cost goes on counting, as it is written down before the picture goes.
 */
export class ModerateImage {
  readonly #keys: ImageKeys;
  readonly #files: ImageFiles;
  readonly #pool: ImagePool;
  readonly #history: GenerationHistory;
  readonly #pages: PagesOfImage;
  readonly #changePageImage: ChangePageImage;
  readonly #beingHidden: ImagesBeingHidden;
  readonly #forget: (pageKey: string) => void;
  readonly #dearestMicroUsd: number;
  readonly #clock: Clock;

  constructor(deps: {
    keys: ImageKeys;
    files: ImageFiles;
    pool: ImagePool;
    history: GenerationHistory;
    placementIndex: PlacementIndex;
    changePageImage: ChangePageImage;
    /** Keeps readers from what is being hidden. */
    beingHidden: ImagesBeingHidden;
    /** Hears of every page that may show a picture that is being hidden. */
    forget: (pageKey: string) => void;
    /** What a picture counts for of which nothing is written down. */
    dearestMicroUsd: number;
    clock: Clock;
  }) {
    this.#keys = deps.keys;
    this.#files = deps.files;
    this.#pool = deps.pool;
    this.#history = deps.history;
    this.#pages = new PagesOfImage(deps);
    this.#changePageImage = deps.changePageImage;
    this.#beingHidden = deps.beingHidden;
    this.#forget = deps.forget;
    this.#dearestMicroUsd = deps.dearestMicroUsd;
    this.#clock = deps.clock;
  }

  /**
   * Publishes a picture that waits for approval, in the pool and on the page that it was made for,
   * whatever that shows. `false` where it does not wait.
   *
   * @throws CafeError `storage_unavailable`
   */
  async approve(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const entry = await this.#history.find(picture);
    if (entry?.presence !== 'pending') return false;
    await this.#files.copy(picture, 'pending', 'pool');
    this.#pool.add(this.#keys.dated(picture));
    await this.#changeAll(this.#pages.own(entry.record), act, ({ request, source }) =>
      this.#changePageImage.show(request, picture, { source, over: 'anything' }),
    );
    // Last, for until then approving it again completes what is half done.
    if (act.busy === 0) await this.#files.delete(picture, 'pending');
    return true;
  }

  /**
   * Moves a picture and its renditions out of the public prefix, and takes it off every page. One that
   * waits for approval is rejected: its page may buy another. `false` where there is no such picture,
   * neither in the store nor on a page. Once the act expects pages, it is in the pool no more.
   *
   * Whoever copies it onto a page meanwhile looks once more whether it is still in the pool, see
   * `VerifyCopies`; so whoever looks at the pages after it has gone from there finds all others.
   *
   * @throws CafeError `storage_unavailable`
   */
  hide(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    return this.#beingHidden.during(picture.id, () => this.#hide(picture, act));
  }

  /**
   * Moves a hidden picture back, and shows it again wherever the page has none of its own by now.
   * `false` where it is not hidden.
   *
   * @throws CafeError `storage_unavailable`
   */
  async restore(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const entry = await this.#history.find(picture);
    if (entry?.presence !== 'hidden') return false;
    await this.#files.move(picture, 'hidden', 'pool');
    this.#pool.add(this.#keys.dated(picture));
    const pages = await this.#pages.all(picture, entry.record);
    await this.#changeAll(pages, act, ({ request, source }) =>
      this.#changePageImage.show(request, picture, { source, over: 'fallbacks' }),
    );
    return true;
  }

  /**
   * Deletes a picture, hidden or not, and its renditions for good, and takes it off every page. Its
   * record stays. As long as a page is busy it is only hidden. `false` where there is no such picture,
   * neither in the store nor on a page: what was deleted is deleted again as long as a page shows it.
   *
   * @throws CafeError `storage_unavailable`
   */
  async delete(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const wasThere = await this.hide(picture, act);
    // Last, for as long as a page may still show it, it is not gone.
    if (wasThere && act.busy === 0 && !act.isStopped) await this.#files.erase(picture);
    return wasThere;
  }

  async #hide(picture: PoolImage, act: ModerationAct): Promise<boolean> {
    const entry = await this.#present(picture, act);
    let isThere = entry.presence !== 'absent';
    if (isThere) await this.#writeDown(picture);
    // In the order in which approving it moves it, so that it does not slip past.
    await this.#files.move(picture, 'pending', 'hidden');
    await this.#files.move(picture, 'pool', 'hidden');
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      this.#pool.drop(this.#keys.dated(picture));
      await this.#takeOffAll(entry, act);
      if (act.isStopped) return true;
      if (isThere && !(await this.#isStillHidden(picture))) {
        act.stop('replaced');
        return true;
      }
      // Whoever was just painting it, for whom its page was waited for, has stored the rest of it since,
      // and others may have fallen back on that.
      if (!(await this.#files.move(picture, 'pool', 'hidden'))) {
        return isThere || act.changed > 0 || act.busy > 0;
      }
      isThere = true;
    }
    throw new CafeError('storage_unavailable', 'The picture is put back again and again.');
  }

  /** Another replica may have restored or deleted it since. */
  async #isStillHidden(picture: PoolImage): Promise<boolean> {
    return (await this.#files.isHidden(picture)) || this.#files.isErased(picture);
  }

  /** Of a picture that nobody has recorded, the budget counts a price on its own day alone. */
  #writeDown(picture: PoolImage): Promise<void> {
    const isOfToday = picture.day === dayAt(this.#clock.now());
    return this.#history.writeDown(picture, isOfToday ? this.#dearestMicroUsd : 0);
  }

  /** Where a crash has left a picture on pages alone, it is put back first; not if it was deleted. */
  async #present(picture: PoolImage, act: ModerationAct): Promise<Known> {
    const found = await this.#history.find(picture);
    const entry: Known = found ?? { picture, presence: 'absent', record: undefined };
    if (entry.presence !== 'absent' || (await this.#files.isErased(picture))) return entry;
    const pages = await this.#pages.all(picture, entry.record);
    for (const { key } of pages) this.#forget(key);
    act.expect(pages.length);
    let isBack = false;
    await forEachAtOnce(pages, AT_ONCE, async (page) => {
      const known = isBack || act.isStopped ? undefined : await page.open();
      if (known && !isBack) isBack = await this.#changePageImage.putBack(known.request, picture);
    });
    return isBack ? { ...entry, presence: 'visible' } : entry;
  }

  async #takeOffAll(entry: Known, act: ModerationAct): Promise<void> {
    const { picture, presence, record } = entry;
    const pages = await this.#pages.all(picture, record);
    for (const { key } of pages) this.#forget(key);
    // A copy that stands in for one that is rejected, which may have been half done before, would keep
    // the page from buying another.
    const withFallback = presence === 'pending' || presence === 'hidden';
    await this.#changeAll(pages, act, ({ request, source }) =>
      // Its own page may be just about to get it, which only the page's claim tells.
      source === 'own'
        ? this.#changePageImage.takeOff(request, picture, { withFallback })
        : this.#changePageImage.takeOffCopy(request, picture),
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
      // Whoever asks again finds what was left.
      if (act.isStopped) return;
      const known = await page.open();
      act.count(known ? await change(known) : 'unchanged');
    });
  }
}
