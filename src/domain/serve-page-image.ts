import { BrewForOwner } from './brew-for-owner.ts';
import { type Day, dayAt } from './day.ts';
import { CafeError, draining, GenerationError } from './errors.ts';
import type { FallBack } from './fall-back.ts';
import { Flights } from './flights.ts';
import type { HealPage } from './heal-page.ts';
import type { ImageKeys } from './image-key.ts';
import type { KnownPages } from './known-pages.ts';
import type { Page } from './page.ts';
import type { PageImage } from './page-image.ts';
import { PageKeys } from './page-keys.ts';
import { type Asker, aboutPage, type PageRequest } from './page-request.ts';
import type { PaintPage } from './paint-page.ts';
import { findPlaced, type PlacedImage } from './placed-image.ts';
import type { BudgetLedger } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { GeoLocator, Visitor } from './ports/geo-locator.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { FallbackReason, Journal } from './ports/journal.ts';
import type { PageClaims, PageHistory } from './ports/page-claims.ts';
import type { PurchasePolicy } from './purchase-policy.ts';

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
  /** Absent where a picture may be bought for everybody. */
  policy: PurchasePolicy | undefined;
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
  readonly #looks = new Flights<PlacedImage | undefined>();
  readonly #pageKeys: PageKeys;
  readonly #forOwner: BrewForOwner;
  #closed = false;

  constructor(deps: ServePageImageDeps) {
    this.#deps = deps;
    this.#pageKeys = new PageKeys(deps.keys);
    this.#forOwner = new BrewForOwner(deps);
  }

  /**
   * @param asker beside the address what is known of who asks; a plain reader by default
   * @throws CafeError `storage_unavailable`, `upstream_failed`, `generation_timeout`,
   *   `no_image_available` where nothing may be bought and there is nothing to fall back on, or
   *   `draining` once it is closed
   */
  async serve(
    page: Page,
    visitor: Visitor,
    asker: Omit<Asker, 'address'> = { isBot: false, token: undefined },
  ): Promise<PageImage> {
    const { locator, known, keys } = this.#deps;
    const { country, reliable } = await locator.locate(visitor);
    if (this.#closed) throw draining();
    const key = keys.page(page, country);
    const recalled = known.recall(key);
    if (recalled?.fresh) return recalled.image;
    const where = { page, country, countryIsReliable: reliable, key };
    const request = { ...where, asker: { ...asker, address: visitor.address } };
    if (!recalled) return this.#searchFor(request);
    void this.#checks.join(key, () => this.#check(request));
    return recalled.image;
  }

  /**
   * What {@link serve} would answer, where that is known and fresh: costs neither a call nor a wait, and
   * least for a page that was handed in before, as the same object.
   */
  recall(page: Page, visitor: Visitor): PageImage | undefined {
    const { locator, known } = this.#deps;
    const whereabouts = locator.recall(visitor);
    if (!whereabouts) return undefined;
    const recalled = known.recall(this.#pageKeys.keyOf(page, whereabouts.country));
    return recalled?.fresh ? recalled.image : undefined;
  }

  /**
   * Buys the page another picture, for its owner: see {@link BrewForOwner.rebrew}.
   *
   * @throws CafeError like {@link serve}
   */
  rebrew(request: PageRequest): Promise<PageImage | undefined> {
    if (this.#closed) throw draining();
    return this.#forOwner.rebrew(request);
  }

  /** Sees to it that a page has a picture: see {@link BrewForOwner.obtain}, and {@link rebrew}. */
  obtain(request: PageRequest): Promise<PageImage | undefined> {
    if (this.#closed) throw draining();
    return this.#forOwner.obtain(request);
  }

  /** What is remembered of a page is not so any more. */
  forget(key: string): void {
    this.#deps.known.forget(key);
  }

  /** Resolves when all that was started has ended, whether or not somebody waits for it. */
  async finished(): Promise<void> {
    await Promise.all([this.#searches.landed(), this.#checks.landed()]);
    await Promise.all([this.#healings.landed(), this.#forOwner.finished()]);
    await this.#deps.paintPage.finished();
  }

  /** Takes no more requests and starts no more calls; resolves when all that runs has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#deps.paintPage.close();
    return this.finished();
  }

  /**
   * One search for all who may have a picture bought; and another, that buys nothing, for all who may not,
   * so that these never decide for those.
   */
  async #searchFor(request: PageRequest): Promise<PageImage> {
    const { policy, store } = this.#deps;
    const { key } = request;
    const running = this.#searches.underWay(key);
    if (running) return running;
    const looked = policy && this.#looks.join(key, () => findPlaced(store, request));
    const isMissing = await looked?.then((placed) => !placed).catch(() => false);
    if (isMissing && !(await policy?.allows(request))) {
      return this.#searches.join(`${key} other`, () =>
        this.#search(request, () => this.#showOther(request, 'purchase_refused')),
      );
    }
    return this.#searches.join(key, () => this.#search(request, () => this.#find(request, looked)));
  }

  async #search(request: PageRequest, find: () => Promise<PageImage>): Promise<PageImage> {
    try {
      const image = await find();
      if (image.placed) this.#deps.known.remember(request.key, { ...image, source: 'stored' });
      return image;
    } catch (cause) {
      const code = cause instanceof CafeError ? cause.code : 'internal';
      // A failed generation is in the journal already, and to stop is no failure.
      if (!(cause instanceof GenerationError) && code !== 'draining') {
        this.#deps.journal.record({ ...aboutPage(request), event: 'page_failed', code, cause });
      }
      throw cause;
    }
  }

  /** @param looked what is under the page's key, where somebody has looked already */
  async #find(request: PageRequest, looked?: Promise<PlacedImage | undefined>): Promise<PageImage> {
    const { store, ledger, claims } = this.#deps;
    const isSpent = ledger.isSpent(this.#today());
    // Of no use to a page that has its picture, and then its failure is none either.
    const recalled = isSpent ? claims.recall(request) : undefined;
    recalled?.catch(() => undefined);
    const placed = await (looked ?? findPlaced(store, request));
    if (placed) {
      this.#heal(request, placed);
      return placed.image;
    }
    const history = await recalled;
    // Something may have been bought for the page already, and only not be placed.
    const mayHaveOwn = !history || history.making !== undefined;
    return (
      (mayHaveOwn ? await this.#paint(request, history) : undefined) ??
      this.#showOther(request, 'budget_exhausted', history)
    );
  }

  async #showOther(
    request: PageRequest,
    reason: FallbackReason,
    history?: PageHistory,
  ): Promise<PageImage> {
    const image = await this.#deps.fallBack.serve(request, reason, history);
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
