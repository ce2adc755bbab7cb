import { type Day, dayAt } from './day.ts';
import { CafeError, draining, GenerationError } from './errors.ts';
import type { FallBack } from './fall-back.ts';
import { Flights } from './flights.ts';
import type { HealPage } from './heal-page.ts';
import type { ImageKeys } from './image-key.ts';
import type { KnownPages } from './known-pages.ts';
import { LastPageKeys } from './last-page-keys.ts';
import type { Page } from './page.ts';
import type { PageImage } from './page-image.ts';
import { aboutPage, type PageRequest } from './page-request.ts';
import type { PaintPage } from './paint-page.ts';
import { findPlaced, type PlacedImage } from './placed-image.ts';
import type { BudgetLedger } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { GeoLocator, Visitor, Whereabouts } from './ports/geo-locator.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { PageClaims, PageHistory } from './ports/page-claims.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface ServePageImageDeps {
  locator: GeoLocator;
  store: ImageStore;
  keys: ImageKeys;
  known: KnownPages;
  ledger: BudgetLedger;
  claims: PageClaims;
  paintPage: PaintPage;
  fallBack: FallBack;
  /** Absent where pages that show another's picture keep it. */
  healPage: HealPage | undefined;
  room: WaitingRoom;
  /** Whether the store's last call failed. */
  isStoreFailing: () => boolean;
  clock: Clock;
  journal: Journal;
  /** Answer from the pool when the generator fails, instead of with an error. */
  fallBackOnUpstreamError: boolean;
}

/**
 * The picture of a page for a reader: the one it has, else a new one, else another page's.
 *
 * For each page and country at most one search is under way. It belongs to the service: it goes on
 * to its end, and what it bought is stored, even when every reader has left.
 */
export class ServePageImage {
  readonly #deps: ServePageImageDeps;
  readonly #searches = new Flights<PageImage>();
  readonly #checks = new Flights<void>();
  readonly #healings = new Flights<void>();
  readonly #lastKeys: LastPageKeys;
  readonly #rebrewings = new Flights<PageImage | undefined>();
  #closed = false;

  constructor(deps: ServePageImageDeps) {
    this.#deps = deps;
    this.#lastKeys = new LastPageKeys(deps.keys);
  }

  /**
   * @throws CafeError `storage_unavailable`, `upstream_failed`, `generation_timeout`,
   *   `no_image_available` where the budget is spent and there is nothing to fall back on, `overloaded`
   *   where too much is under way, or `draining` once it is closed
   */
  async serve(page: Page, visitor: Visitor): Promise<PageImage> {
    const { locator, room } = this.#deps;
    if (this.#closed) throw draining();
    const whereabouts = locator.recall(visitor);
    const image = whereabouts && this.#fromMemory(this.#requestFor(page, whereabouts));
    return image ?? room.wait(async () => this.#look(page, await locator.locate(visitor)));
  }

  /**
   * What {@link serve} would answer, where that is known and fresh: costs neither a call nor a wait, and
   * least for a page that was handed in before, as the same object.
   */
  recall(page: Page, visitor: Visitor): PageImage | undefined {
    const { locator, known } = this.#deps;
    const whereabouts = locator.recall(visitor);
    if (!whereabouts) return undefined;
    const recalled = known.recall(this.#lastKeys.of(page, whereabouts.country));
    return recalled?.fresh ? recalled.image : undefined;
  }

  /**
   * Buys the page another picture, whatever it shows; of several who ask at once, one does. It costs
   * what any picture costs, and goes on when whoever asked has left. `undefined` where there is no
   * budget for it.
   *
   * @throws CafeError like {@link serve}
   */
  rebrew(request: PageRequest): Promise<PageImage | undefined> {
    if (this.#closed) throw draining();
    const { paintPage, store, ledger, known } = this.#deps;
    return this.#rebrewings.join(request.key, async () => {
      const placed = await findPlaced(store, request);
      const replacing = placed ? { replacing: placed.head } : {};
      const image = await paintPage.paint(request, { ledger, ...replacing });
      if (image?.placed) known.remember(request.key, { ...image, source: 'stored' });
      return image;
    });
  }

  /** What is remembered of a page is not so any more. */
  forget(key: string): void {
    this.#deps.known.forget(key);
  }

  /** Resolves when all that was started has ended, whether or not somebody waits for it. */
  async finished(): Promise<void> {
    await Promise.all([this.#searches.landed(), this.#checks.landed()]);
    await Promise.all([this.#healings.landed(), this.#rebrewings.landed()]);
    await this.#deps.paintPage.finished();
  }

  /** Takes no more requests and starts no more calls; resolves when all that runs has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#deps.paintPage.close();
    return this.finished();
  }

  #requestFor(page: Page, { country, reliable }: Whereabouts): PageRequest {
    const key = this.#deps.keys.page(page, country);
    return { page, country, countryIsReliable: reliable, key };
  }

  /** What a page is known to show; where that is not fresh, it is checked behind the reader's back. */
  #fromMemory(request: PageRequest): PageImage | undefined {
    const { known, isStoreFailing } = this.#deps;
    const { key } = request;
    const recalled = known.recall(key);
    if (recalled?.fresh) return recalled.image;
    const isFailing = isStoreFailing();
    const image = recalled?.image ?? (isFailing ? known.cling(key) : undefined);
    // While the store is away, one look at a time is enough to find out that it is back.
    const isLooking = isFailing && this.#checks.count > 0;
    if (image && !isLooking) void this.#checks.join(key, () => this.#check(request));
    return image;
  }

  async #look(page: Page, whereabouts: Whereabouts): Promise<PageImage> {
    if (this.#closed) throw draining();
    const request = this.#requestFor(page, whereabouts);
    const search = () => this.#deps.room.search(() => this.#search(request));
    return this.#fromMemory(request) ?? this.#searches.join(request.key, search);
  }

  async #search(request: PageRequest): Promise<PageImage> {
    try {
      const image = await this.#find(request);
      if (image.placed) this.#deps.known.remember(request.key, { ...image, source: 'stored' });
      return image;
    } catch (cause) {
      const code = cause instanceof CafeError ? cause.code : 'internal';
      // A failed generation is in the journal already, and to stop is no failure.
      if (!(cause instanceof GenerationError) && code !== 'draining') {
        this.#deps.journal.record({ ...aboutPage(request), event: 'page_failed', code, cause });
      }
      const last = code === 'storage_unavailable' && this.#deps.known.cling(request.key);
      if (last) return last;
      throw cause;
    }
  }

  async #find(request: PageRequest): Promise<PageImage> {
    const { store, ledger, claims, fallBack, known } = this.#deps;
    const isSpent = ledger.isSpent(this.#today());
    // Of no use to a page that has its picture, and then its failure is none either.
    const recalled = isSpent ? claims.recall(request) : undefined;
    recalled?.catch(() => undefined);
    const placed = await findPlaced(store, request);
    if (placed) {
      this.#heal(request, placed);
      return placed.image;
    }
    known.forget(request.key);
    const history = await recalled;
    // Something may have been bought for the page already, and only not be placed.
    const mayHaveOwn = !history || history.making !== undefined;
    const image =
      (mayHaveOwn ? await this.#paint(request, history) : undefined) ??
      (await fallBack.serve(request, 'budget_exhausted', history));
    if (image) return image;
    throw new CafeError('no_image_available', 'There is no picture to show yet.');
  }

  async #paint(request: PageRequest, history?: PageHistory): Promise<PageImage | undefined> {
    const { paintPage, ledger, fallBack, fallBackOnUpstreamError } = this.#deps;
    try {
      return await paintPage.paint(request, { ledger });
    } catch (error) {
      const hasFailed = error instanceof CafeError && GENERATION_FAILURES.has(error.code);
      if (!fallBackOnUpstreamError || !hasFailed) throw error;
      const fallback = await fallBack.serve(request, 'upstream_failed', history);
      if (!fallback) throw error;
      return fallback;
    }
  }

  /** Notices pictures that were deleted or replaced behind the service's back. */
  async #check(request: PageRequest): Promise<void> {
    const { store, known, journal } = this.#deps;
    const { key } = request;
    try {
      const placed = await findPlaced(store, request);
      if (placed) {
        known.remember(key, placed.image);
        this.#heal(request, placed);
        return;
      }
      known.forget(key);
      journal.record({ event: 'page_vanished', key });
    } catch (cause) {
      known.cling(key);
      journal.record({ event: 'page_check_failed', key, cause });
    }
  }

  /** Behind the readers' backs. */
  #heal(request: PageRequest, placed: PlacedImage): void {
    const { healPage, known } = this.#deps;
    if (!healPage || this.#closed) return;
    void this.#healings.join(request.key, async () => {
      const image = await healPage.heal(request, placed);
      if (image) known.remember(request.key, { ...image, source: 'stored' });
    });
  }

  #today(): Day {
    return dayAt(this.#deps.clock.now());
  }
}

/** Those of the generator, here or in another process that painted the page. */
const GENERATION_FAILURES: ReadonlySet<string> = new Set(['upstream_failed', 'generation_timeout']);
