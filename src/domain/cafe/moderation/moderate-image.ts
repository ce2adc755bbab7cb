import type { GenerationHistory, HistoryEntry } from '../../budget/generation-history.ts';
import type { GenerationRecord } from '../../budget/generation-record.ts';
import { countryByCode } from '../../countries/country.ts';
import type { ImageFiles } from '../../images/image-files.ts';
import { labellingOf } from '../../images/image-labels.ts';
import type { Clock } from '../../kernel/clock.ts';
import { dayAt } from '../../kernel/day.ts';
import { CafeError } from '../../kernel/errors.ts';
import type { PageRequest } from '../../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { PlacementIndex, PlacementSource } from '../placement/placement-index.ts';
import type { ImagePool } from '../pool/image-pool.ts';
import type { ChangePageImage, PageChange } from './change-page-image.ts';

/** How the pages of a picture fared. */
export interface PagesChanged {
  /** Show something else now. */
  changed: number;
  /** The keys of those that are still to be changed: doing the same again does it. */
  busy: string[];
}

/** A page that has, or had, the picture. */
interface PictureOnPage {
  request: PageRequest;
  source: PlacementSource;
}

/** What is known of a picture that is to go. */
type Known = Pick<HistoryEntry, 'picture' | 'presence' | 'record'>;

/** How often a picture may come back into the pool while it is taken down. */
const MAX_ROUNDS = 3;
/** Pages that are changed at once. */
const AT_ONCE = 8;

/**
 * Takes pictures out of sight, for now or for good, and puts them where they are seen.
 *
 * Every step can be done again: whatever a crash or a failing store leaves half done, the same act
 * completes. What a picture cost goes on counting, as it is written down before the picture goes.
 */
export class ModerateImage {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #files: ImageFiles;
  readonly #pool: ImagePool;
  readonly #history: GenerationHistory;
  readonly #placementIndex: PlacementIndex;
  readonly #changePageImage: ChangePageImage;
  readonly #dearestMicroUsd: number;
  readonly #clock: Clock;

  constructor(deps: {
    store: ObjectStore;
    keys: ImageKeys;
    files: ImageFiles;
    pool: ImagePool;
    history: GenerationHistory;
    placementIndex: PlacementIndex;
    changePageImage: ChangePageImage;
    /** What a picture counts for of which nothing is written down. */
    dearestMicroUsd: number;
    clock: Clock;
  }) {
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#files = deps.files;
    this.#pool = deps.pool;
    this.#history = deps.history;
    this.#placementIndex = deps.placementIndex;
    this.#changePageImage = deps.changePageImage;
    this.#dearestMicroUsd = deps.dearestMicroUsd;
    this.#clock = deps.clock;
  }

  /**
   * Publishes a picture that waits for approval, in the pool and on the page that it was made for,
   * whatever that shows. `undefined` where it does not wait.
   *
   * @throws CafeError `storage_unavailable`
   */
  async approve(picture: PoolImage): Promise<PagesChanged | undefined> {
    const entry = await this.#history.find(picture);
    if (entry?.presence !== 'pending') return undefined;
    await this.#files.copy(picture, 'pending', 'pool');
    this.#pool.add(this.#keys.dated(picture));
    const own = entry.record && this.#ownPage(entry.record);
    const pages = await this.#changeAll(own ? [own] : [], ({ request, source }) =>
      this.#changePageImage.show(request, picture, { source, over: 'anything' }),
    );
    // Last, for until then approving it again completes what is half done.
    if (pages.busy.length === 0) await this.#files.delete(picture, 'pending');
    return pages;
  }

  /**
   * Moves a picture and its renditions out of the public prefix, and takes it off every page. One that
   * waits for approval is rejected: its page may buy another. `undefined` where there is no such
   * picture, neither in the store nor on a page.
   *
   * Whoever copies it onto a page meanwhile looks once more whether it is still in the pool, see
   * `VerifyCopies`; so whoever looks at the pages after it has gone from there finds all others.
   *
   * @throws CafeError `storage_unavailable`
   */
  async hide(picture: PoolImage): Promise<PagesChanged | undefined> {
    const entry = await this.#present(picture);
    let isThere = entry.presence !== 'absent';
    if (isThere) await this.#writeDown(picture);
    // In the order in which approving it moves it, so that it does not slip past.
    await this.#files.move(picture, 'pending', 'hidden');
    await this.#files.move(picture, 'pool', 'hidden');
    const pages: PagesChanged = { changed: 0, busy: [] };
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      this.#pool.drop(this.#keys.dated(picture));
      const { changed, busy } = await this.#takeOffAll(entry);
      pages.changed += changed;
      pages.busy = busy;
      // Whoever was just painting it, for whom its page was waited for, has stored the rest of it since,
      // and others may have fallen back on that.
      if (!(await this.#files.move(picture, 'pool', 'hidden'))) {
        return isThere || pages.changed > 0 || busy.length > 0 ? pages : undefined;
      }
      isThere = true;
    }
    throw new CafeError('storage_unavailable', 'The picture is put back again and again.');
  }

  /**
   * Moves a hidden picture back, and shows it again wherever the page has none of its own by now.
   * `undefined` where it is not hidden.
   *
   * @throws CafeError `storage_unavailable`
   */
  async restore(picture: PoolImage): Promise<PagesChanged | undefined> {
    const entry = await this.#history.find(picture);
    if (entry?.presence !== 'hidden') return undefined;
    await this.#files.move(picture, 'hidden', 'pool');
    this.#pool.add(this.#keys.dated(picture));
    return this.#changeAll(this.#pagesOf(entry), ({ request, source }) =>
      this.#changePageImage.show(request, picture, { source, over: 'fallbacks' }),
    );
  }

  /**
   * Deletes a picture, hidden or not, and its renditions for good, and takes it off every page. Its
   * record stays. As long as a page is busy it is only hidden. `undefined` where there is no such
   * picture, neither in the store nor on a page: what was deleted is deleted again as long as a page
   * shows it.
   *
   * @throws CafeError `storage_unavailable`
   */
  async erase(picture: PoolImage): Promise<PagesChanged | undefined> {
    const pages = await this.hide(picture);
    // Last, for as long as a page may still show it, it is not gone.
    if (pages?.busy.length === 0) await this.#files.erase(picture);
    return pages;
  }

  /** Of a picture that nobody has recorded, the budget counts a price on its own day alone. */
  #writeDown(picture: PoolImage): Promise<void> {
    const isOfToday = picture.day === dayAt(this.#clock.now());
    return this.#history.writeDown(picture, isOfToday ? this.#dearestMicroUsd : 0);
  }

  /** Where a crash has left a picture on pages alone, it is put back first; not if it was deleted. */
  async #present(picture: PoolImage): Promise<Known> {
    const found = await this.#history.find(picture);
    const entry: Known = found ?? { picture, presence: 'absent', record: undefined };
    if (entry.presence !== 'absent' || (await this.#files.isErased(picture))) return entry;
    for await (const { request } of this.#pagesOf(entry)) {
      const isBack = await this.#changePageImage.putBack(request, picture);
      if (isBack) return { ...entry, presence: 'visible' };
    }
    return entry;
  }

  #takeOffAll(entry: Known): Promise<PagesChanged> {
    const { picture, presence } = entry;
    return this.#changeAll(this.#pagesOf(entry), async ({ request, source }) => {
      const isOwn = source === 'own';
      // Its own page may be just about to get it, which only the page's claim tells.
      if (!isOwn && !(await this.#shows(request, picture))) return 'unchanged';
      // A copy that stands in for one that is rejected, which may have been half done before, would keep
      // the page from buying another.
      const withFallback = isOwn && (presence === 'pending' || presence === 'hidden');
      return this.#changePageImage.takeOff(request, picture, { withFallback });
    });
  }

  async #shows({ key }: PageRequest, { id }: PoolImage): Promise<boolean> {
    const head = await this.#store.head(key);
    return head !== undefined && labellingOf(head).generation === id;
  }

  async #changeAll(
    pages: Iterable<PictureOnPage> | AsyncIterable<PictureOnPage>,
    change: (page: PictureOnPage) => Promise<PageChange>,
  ): Promise<PagesChanged> {
    const result: PagesChanged = { changed: 0, busy: [] };
    const changeSome = async (some: PictureOnPage[]) => {
      const changes = await Promise.all(some.map(change));
      for (const [n, { request }] of some.entries()) {
        if (changes[n] === 'changed') result.changed += 1;
        if (changes[n] === 'busy') result.busy.push(request.key);
      }
    };
    let some: PictureOnPage[] = [];
    for await (const page of pages) {
      some.push(page);
      if (some.length < AT_ONCE) continue;
      await changeSome(some);
      some = [];
    }
    await changeSome(some);
    return result;
  }

  /** All that ever got it, the one that it was made for first. */
  async *#pagesOf({ picture, record }: Known): AsyncGenerator<PictureOnPage> {
    const own = record && this.#ownPage(record);
    if (own) yield own;
    for await (const page of this.#notedPages(picture.id)) {
      if (page.request.key !== own?.request.key) yield page;
    }
  }

  #ownPage({ page, country: code }: GenerationRecord): PictureOnPage | undefined {
    if (!page) return undefined;
    const country = countryByCode(code);
    const key = this.#keys.page(page, country);
    return { request: { page, country, countryIsReliable: true, key }, source: 'own' };
  }

  async *#notedPages(id: string): AsyncGenerator<PictureOnPage> {
    for await (const key of this.#placementIndex.pagesOf(id)) {
      const placement = await this.#placementIndex.read(id, key);
      if (!placement) continue;
      const country = countryByCode(placement.country);
      const request = { page: placement.page, country, countryIsReliable: true, key };
      yield { request, source: placement.source };
    }
  }
}
