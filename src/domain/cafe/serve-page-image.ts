import type { Visitor, Whereabouts } from '../countries/geo-locator.ts';
import type { PageImage } from '../images/image-labels.ts';
import { SingleFlight } from '../kernel/concurrency.ts';
import { type Day, dayAt } from '../kernel/day.ts';
import { backendFailure, CafeError, draining, GenerationError } from '../kernel/errors.ts';
import type { Departure } from '../limits/load-shedding.ts';
import type { FallbackReason } from '../monitoring/journal.ts';
import { type Asker, aboutPage, type PageRequest } from '../pages/page.ts';
import type { PageHistory } from '../pages/page-claims.ts';
import type { PageGeneration } from './page-generation.ts';
import { findPlaced, type PlacedImage } from './placement/place-image.ts';
import type { RecalledImage } from './response-cache/cached-response.ts';
import type { PageLookup } from './response-cache/response-cache.ts';
import { RevalidateResponses } from './response-cache/revalidate.ts';
import type { ServePageImageDeps } from './serve-page-image-deps.ts';

/**
 * A page's image for a reader: its stored image, else a new one, else a fallback.
 *
 * At most one search per page and country runs at a time. It belongs to the service: it runs to its
 * end and stores what it paid for, even if every reader has left.
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
   * @param asker facts about the client besides its address
   * @param departure signals that the reader has left, which frees its place
   * @throws CafeError `storage_unavailable`, `upstream_failed`, `generation_timeout`,
   *   `no_image_available` if generation is not allowed and there is no fallback, `overloaded` if
   *   too much work is in progress, or `draining` once it is closed
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
   * The cached response of {@link serve}, if fresh. Takes neither a call nor a wait. A repeated
   * lookup returns the same object and is the cheapest.
   */
  recall(lookup: PageLookup, visitor: Visitor): RecalledImage | undefined {
    const whereabouts = this.#deps.locator.recall(visitor);
    const image = whereabouts && lookup.recallIn(whereabouts.country, this.#deps);
    if (image) this.#deps.recent.noteRecalled(image);
    return image;
  }

  /** Resolves when all started work has ended, whether or not a request waits for it. */
  async finished(): Promise<void> {
    await this.#searches.settled();
    await this.#revalidate.finished();
    await this.#deps.generatePageImage.finished();
    await this.#deps.serveFallback.finished();
  }

  /**
   * Accepts no further requests and starts no further calls; resolves when all running work has
   * ended.
   */
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
   * Readers who may trigger generation share one search. Readers who may not have a separate one,
   * so that they never determine the result for the others.
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
    // Synchronous from here on: a search that started meanwhile is joined, and counts once.
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

  /** @param seenAt the number of invalidations before the first lookup */
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
      // A failed generation is already journaled, and shutdown is not a failure.
      if (!(cause instanceof GenerationError) && code !== 'draining') {
        journal.record({ ...aboutPage(request), event: 'page_failed', code, cause });
      }
      const last = backendFailure(cause) && known.staleIfError(request.key);
      if (last) return last;
      throw cause;
    }
  }

  /** @param looked the lookup of the page's key, if already started */
  async #find(request: PageRequest, looked?: Promise<PlacedImage | undefined>): Promise<PageImage> {
    const { store, ledger, claims, known, generatePageImage } = this.#deps;
    const { beingHidden, isReviewedBefore } = this.#deps;
    const isSpent = ledger.isSpent(this.#today());
    // Needed only if the page has no image. Otherwise a failure must not matter.
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
    // An image may be paid for already, but not be on the page yet.
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
    // Started before the pool is searched, because an image may be ready meanwhile.
    const next = isReviewedBefore ? Promise.resolve(false) : generatePageImage.nextImage();
    const serve = () => serveFallback.serve(request, reason, history);
    const image = (await serve()) ?? ((await this.#inTime(next)) ? await serve() : undefined);
    if (image) return image;
    throw new CafeError('no_image_available', 'No picture is available yet.');
  }

  /** Whether the next image is ready within `firstPictureMs`. */
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
      // Throw without a claim: a claim would only record this known refusal.
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

/** Failures of the generator, here or in another process that generated for the page. */
const GENERATION_FAILURES: ReadonlySet<string> = new Set(['upstream_failed', 'generation_timeout']);
