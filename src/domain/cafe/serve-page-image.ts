import type { Visitor, Whereabouts } from '../countries/geo-locator.ts';
import type { PageImage } from '../images/image-labels.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { CafeError, draining, GenerationError } from '../kernel/errors.ts';
import { SingleFlight } from '../kernel/single-flight.ts';
import type { Departure } from '../limits/load-shedding.ts';
import type { FallbackReason } from '../monitoring/journal.ts';
import type { PageHistory } from '../pages/page-claims.ts';
import { type Asker, aboutPage, type PageRequest } from '../pages/page-request.ts';
import type { PageGeneration } from './page-generation.ts';
import { findPlaced, type PlacedImage } from './placement/placed-image.ts';
import type { RecalledImage } from './response-cache/cached-response.ts';
import type { PageLookup } from './response-cache/page-lookup.ts';
import { RevalidateResponses } from './response-cache/revalidate.ts';
import type { ServePageImageDeps } from './serve-page-image-deps.ts';

/**
 * The picture of a page for a reader: the one it has, else a new one, else another page's.
 *
 * For each page and country at most one search is under way. It belongs to the service: it goes on
 * to its end, and what it bought is stored, even when every reader has left.
 */
export class ServePageImage {
  readonly #deps: ServePageImageDeps;
  readonly #searches = new SingleFlight<PageImage>();
  readonly #looks = new SingleFlight<PlacedImage | undefined>();
  readonly #revalidate: RevalidateResponses;
  #closed = false;

  constructor(deps: ServePageImageDeps) {
    this.#deps = deps;
    this.#revalidate = new RevalidateResponses(deps);
  }

  /**
   * @param asker beside the address what is known of who asks
   * @param departure of the reader, whose place others may have then
   * @throws CafeError `storage_unavailable`, `upstream_failed`, `generation_timeout`,
   *   `no_image_available` where nothing may be bought and there is nothing to fall back on, `overloaded`
   *   where too much is under way, or `draining` once it is closed
   */
  async serve(
    lookup: PageLookup,
    visitor: Visitor,
    asker: Omit<Asker, 'address'>,
    departure?: Departure,
  ): Promise<PageImage> {
    const { locator, keys, room, recent } = this.#deps;
    if (this.#closed) throw draining();
    const requestIn = ({ country, reliable }: Whereabouts): PageRequest => ({
      page: lookup.page,
      country,
      countryIsReliable: reliable,
      key: lookup.keyIn(country, keys),
      asker: { ...asker, address: visitor.address },
    });
    const whereabouts = locator.recall(visitor);
    const request = whereabouts && requestIn(whereabouts);
    const image =
      (request && this.#revalidate.recall(request)) ??
      (await room.wait(visitor.address, departure, async () =>
        request ? this.#search(request) : this.#look(requestIn(await locator.locate(visitor))),
      ));
    recent.noteShown(image.picture);
    return image;
  }

  /**
   * What {@link serve} would answer, where that is known and fresh: costs neither a call nor a wait, and
   * least for a page that was asked for before, as the same object.
   */
  recall(lookup: PageLookup, visitor: Visitor): RecalledImage | undefined {
    const whereabouts = this.#deps.locator.recall(visitor);
    const image = whereabouts && lookup.recallIn(whereabouts.country, this.#deps);
    if (image) this.#deps.recent.noteRecalled(image);
    return image;
  }

  /** Resolves when all that was started has ended, whether or not somebody waits for it. */
  async finished(): Promise<void> {
    await this.#searches.settled();
    await this.#revalidate.finished();
    await this.#deps.generatePageImage.finished();
    await this.#deps.serveFallback.finished();
  }

  /** Takes no more requests and starts no more calls; resolves when all that runs has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#revalidate.close();
    this.#deps.generatePageImage.close();
    return this.finished();
  }

  async #look(request: PageRequest): Promise<PageImage> {
    if (this.#closed) throw draining();
    return this.#revalidate.recall(request) ?? this.#search(request);
  }

  #search(request: PageRequest): PageImage | Promise<PageImage> {
    const twin = this.#deps.twins?.recall(request);
    return twin ? this.#showTwin(twin) : this.#searchFor(request);
  }

  /**
   * One search for all who may have a picture bought; and another, that buys nothing, for all who may not,
   * so that these never decide for those.
   */
  async #searchFor(request: PageRequest): Promise<PageImage> {
    const { policy, twins, room, known } = this.#deps;
    const { key } = request;
    const seenAt = known.withdrawals;
    const search = <T>(run: () => Promise<T>) => room.search(request.asker?.address, run);
    const running = this.#searches.underWay(key);
    if (running) return running;
    const looked = policy && this.#placed(request);
    const isMissing = await looked?.then((placed) => !placed).catch(() => false);
    const twin = isMissing ? await twins?.find(request, (other) => this.#placed(other)) : undefined;
    if (twin) return this.#showTwin(twin);
    const mayAsk = !isMissing || (await policy?.mayAsk(request));
    // From here on in one step: what others have begun meanwhile is joined, and counts once.
    const begun = this.#searches.underWay(key);
    if (begun) return begun;
    if (mayAsk && (!isMissing || policy?.take(request))) {
      return this.#searches.join(key, () =>
        search(() => this.#remember(request, seenAt, () => this.#find(request, looked))),
      );
    }
    const showOther = () => this.#showOther(request, 'purchase_refused');
    return this.#searches.join(`${key} other`, () =>
      search(() => this.#remember(request, seenAt, showOther)),
    );
  }

  #placed(request: PageRequest): Promise<PlacedImage | undefined> {
    const { room, store } = this.#deps;
    return this.#looks.join(request.key, () =>
      room.search(request.asker?.address, () => findPlaced(store, request)),
    );
  }

  #showTwin(twin: PageRequest): PageImage | Promise<PageImage> {
    return this.#revalidate.recall(twin) ?? this.#searchFor(twin);
  }

  /** @param seenAt how many answers had been withdrawn before anybody looked */
  async #remember(
    request: PageRequest,
    seenAt: number,
    find: () => Promise<PageImage>,
  ): Promise<PageImage> {
    const { known, journal } = this.#deps;
    try {
      const image = await find();
      if (image.placed) known.remember(request.key, { ...image, source: 'stored' }, seenAt);
      return image;
    } catch (cause) {
      const code = cause instanceof CafeError ? cause.code : 'internal';
      // A failed generation is in the journal already, and to stop is no failure.
      if (!(cause instanceof GenerationError) && code !== 'draining') {
        journal.record({ ...aboutPage(request), event: 'page_failed', code, cause });
      }
      const last = code === 'storage_unavailable' && known.staleIfError(request.key);
      if (last) return last;
      throw cause;
    }
  }

  /** @param looked what is under the page's key, where somebody has looked already */
  async #find(request: PageRequest, looked?: Promise<PlacedImage | undefined>): Promise<PageImage> {
    const { store, ledger, claims, known, generatePageImage } = this.#deps;
    const { beingHidden, isReviewedBefore } = this.#deps;
    const isSpent = ledger.isSpent(this.#today());
    // Of no use to a page that has its picture, and then its failure is none either.
    const recalled = isSpent || isReviewedBefore ? claims.recall(request) : undefined;
    recalled?.catch(() => undefined);
    const placed = await (looked ?? findPlaced(store, request));
    if (placed && beingHidden.areShownBy(placed.head)) {
      return this.#showOther(request, 'picture_hidden');
    }
    if (placed) {
      this.#revalidate.heal(request, placed);
      return placed.image;
    }
    known.forget(request.key);
    const history = await recalled;
    const isWaiting = history !== undefined && (await generatePageImage.awaitsReview(history));
    // Something may have been bought for the page already, and only not be placed.
    const mayHaveOwn = !isWaiting && (!isSpent || history?.making !== undefined);
    const generated = mayHaveOwn ? await this.#generate(request, history) : undefined;
    if (generated && !('awaitsReview' in generated)) return generated;
    const reason = isWaiting || generated ? 'awaiting_review' : 'budget_exhausted';
    return this.#showOther(request, reason, history);
  }

  async #showOther(
    request: PageRequest,
    reason: FallbackReason,
    history?: PageHistory,
  ): Promise<PageImage> {
    const { serveFallback, generatePageImage, isReviewedBefore } = this.#deps;
    // Asked before the pool is: a picture may come while that is looked through.
    const next = isReviewedBefore ? Promise.resolve(false) : generatePageImage.nextImage();
    const serve = () => serveFallback.serve(request, reason, history);
    const image = (await serve()) ?? ((await this.#inTime(next)) ? await serve() : undefined);
    if (image) return image;
    throw new CafeError('no_image_available', 'There is no picture to show yet.');
  }

  /** Whether there is a picture within the time that making one takes. */
  #inTime(next: Promise<boolean>): Promise<boolean> {
    const { clock, firstPictureMs } = this.#deps;
    return Promise.race([next, clock.sleep(firstPictureMs, { ref: false }).then(() => false)]);
  }

  async #generate(
    request: PageRequest,
    history?: PageHistory,
  ): Promise<PageGeneration | undefined> {
    const { claims, generatePageImage, ledger, serveFallback } = this.#deps;
    const { fallBackOnUpstreamError } = this.#deps;
    try {
      const refusal = generatePageImage.refusal();
      // To claim the page would write down what is known already.
      if (refusal && !(history ?? (await claims.recall(request))).making) throw refusal;
      return await generatePageImage.generate(request, { ledger });
    } catch (error) {
      const hasFailed = error instanceof CafeError && GENERATION_FAILURES.has(error.code);
      if (!fallBackOnUpstreamError || !hasFailed) throw error;
      const fallback = await serveFallback.serve(request, 'upstream_failed', history);
      if (!fallback) throw error;
      return fallback;
    }
  }

  #today(): Day {
    return dayAt(this.#deps.clock.now());
  }
}

/** Those of the generator, here or in another process that painted the page. */
const GENERATION_FAILURES: ReadonlySet<string> = new Set(['upstream_failed', 'generation_timeout']);
