import { randomUUID } from 'node:crypto';
import type { Buyer, GeneratedPageImage, GenerateImage } from '../generation/generate-image.ts';
import { isFallback } from '../images/image-labels.ts';
import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';
import { CafeError, claimLost, draining, GenerationError, isClaimLost } from '../kernel/errors.ts';
import type { Claim, ClaimEnding, PageClaims, PageHistory } from '../pages/page-claims.ts';
import type { PageRequest } from '../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import { beforeOf, concluded, failureFor, isToGo } from './claimed-page.ts';
import type { ReviewQueue } from './moderation/review-queue.ts';
import type { GenerationOptions, PageGeneration } from './page-generation.ts';
import type { PageBefore, PlaceImage, StoredPageImage } from './placement/place-image.ts';
import { findPlaced, type PlacedImage, shownBy } from './placement/placed-image.ts';
import type { StorePageImage } from './placement/store-page-image.ts';

/** How often a page is claimed again whose claim could not be kept. */
const MAX_LOSSES = 3;

export interface GeneratePageImageDeps {
  claims: PageClaims;
  store: ImageStore;
  keys: ImageKeys;
  generateImage: GenerateImage;
  storePageImage: StorePageImage;
  placeImage: PlaceImage;
  reviewQueue: ReviewQueue;
  /** New images wait for the owner's approval. */
  isReviewedBefore: boolean;
  clock: Clock;
}

/**
 * Gives a page a picture of its own, once, however many processes are at it: claims the page, looks
 * for what an earlier holder of the claim may have bought, and buys only where there is nothing.
 */
export class GeneratePageImage {
  readonly #deps: GeneratePageImageDeps;
  readonly #endings = new BackgroundTasks();
  readonly #closing = new AbortController();

  constructor(deps: GeneratePageImageDeps) {
    this.#deps = deps;
  }

  /**
   * `undefined` where the ledger has nothing left and nothing was bought before.
   *
   * @throws GenerationError once the generator has failed for good, CafeError with the failure of
   *   another process that painted the page, `storage_unavailable`, or `draining` once closed
   */
  async paint(
    request: PageRequest,
    commission: GenerationOptions,
  ): Promise<PageGeneration | undefined> {
    for (let losses = 0; losses < MAX_LOSSES; ) {
      const place = this.#placeFor(request);
      const { signal } = this.#closing;
      const claim = await this.#deps.claims.claim(request, this.#deps.keys.dated(place), signal);
      try {
        if (claim) return await this.#paintClaimed(request, commission, claim, place);
      } catch (error) {
        if (!isClaimLost(error)) throw error;
        losses += 1;
      }
      const placed = await this.#placed(request, commission);
      const wasWaitedFor = claim === undefined;
      if (placed || (commission.replacing && wasWaitedFor)) return placed?.image;
    }
    throw new CafeError('storage_unavailable', 'The page cannot be held for long enough.');
  }

  /** Why no picture can be bought just now, as far as is known without trying. */
  refusal(): GenerationError | undefined {
    return this.#deps.generateImage.refusal();
  }

  /** Resolves `true` with the next picture of any page; `false` once none is being made in this process. */
  nextPicture(): Promise<boolean> {
    return this.#deps.generateImage.nextPicture();
  }

  /**
   * Whether a picture of the page waits for approval, for which nothing is bought.
   *
   * @throws CafeError `storage_unavailable`
   */
  async awaitsReview({ making = [] }: PageHistory): Promise<boolean> {
    return (await this.#deps.reviewQueue.among(making)).length > 0;
  }

  /** Begins no more calls, and waits for no other process any more. */
  close(): void {
    this.#closing.abort(draining());
    this.#deps.generateImage.close();
  }

  /** Resolves when every claim has been let go, every price is written down, and nothing is stored. */
  async finished(): Promise<void> {
    await Promise.all([
      this.#endings.ended(),
      this.#deps.generateImage.finished(),
      this.#deps.storePageImage.finished(),
    ]);
  }

  async #paintClaimed(
    request: PageRequest,
    commission: GenerationOptions,
    claim: Claim,
    place: PoolImage,
  ): Promise<PageGeneration | undefined> {
    const ending: ClaimEnding = {};
    try {
      return (
        (await this.#recover(request, commission, claim, ending)) ??
        (await this.#buy(request, commission, claim, place, ending))
      );
    } catch (error) {
      const failure = failureFor(error);
      if (failure) ending.failure = failure;
      throw error;
    } finally {
      this.#endings.add(claim.release(ending));
    }
  }

  /** What others have bought or placed since the page was looked up. */
  async #recover(
    request: PageRequest,
    commission: GenerationOptions,
    claim: Claim,
    ending: ClaimEnding,
  ): Promise<PageGeneration | undefined> {
    const { isFirst, history } = claim;
    if (isFirst) return undefined;
    const { making = [] } = history;
    // Until they are looked for, they must not be forgotten.
    ending.unplaced = making;
    const placed = await findPlaced(this.#deps.store, request);
    if (placed && !isFallback(placed.head) && !isToGo(placed, commission)) {
      ending.shown = shownBy(placed.head);
      ending.unplaced = await this.#deps.reviewQueue.among(making);
      return placed.image;
    }
    const before = { ...beforeOf(claim, commission), there: placed?.head };
    for (const datedKey of making) {
      const kept = await this.#deps.storePageImage.recover(request, datedKey, before);
      if (kept) return concluded(ending, kept, datedKey);
    }
    ending.unplaced = await this.#deps.reviewQueue.among(making);
    if (ending.unplaced.length > 0) return { awaitsReview: true };
    return placed && !commission.replacing ? placed.image : undefined;
  }

  /** What the page shows, unless that is to be replaced. */
  async #placed(
    request: PageRequest,
    commission: GenerationOptions,
  ): Promise<PlacedImage | undefined> {
    const placed = await findPlaced(this.#deps.store, request);
    return placed && !isToGo(placed, commission) ? placed : undefined;
  }

  /** A second time where the generator asks for it, which takes a reservation of its own. */
  async #buy(
    request: PageRequest,
    commission: GenerationOptions,
    claim: Claim,
    place: PoolImage,
    ending: ClaimEnding,
  ): Promise<PageGeneration | undefined> {
    const { ledger } = commission;
    const buyer = this.#buyerFor(request, claim, beforeOf(claim, commission), ending);
    try {
      return await this.#deps.generateImage.make(request, place, ledger, buyer);
    } catch (error) {
      if (!(error instanceof GenerationError && error.mayRetry)) throw error;
      const second = this.#placeFor(request);
      const image = await this.#deps.generateImage.make(request, second, ledger, buyer);
      if (!image) throw error;
      return image;
    }
  }

  #buyerFor(
    request: PageRequest,
    claim: Claim,
    before: PageBefore,
    ending: ClaimEnding,
  ): Buyer<PageGeneration> {
    return {
      confirm: async (where) => {
        const naming = claim.name(this.#deps.keys.dated(where));
        const isHeld = await naming.then(
          () => claim.isHeld(),
          () => false,
        );
        if (!isHeld) throw claimLost();
      },
      begin: (where) => {
        const keep = this.#beginToKeep(request, where, before);
        return async (made) => {
          const datedKey = this.#deps.keys.dated(where);
          // Whatever happens from here on, it is paid for.
          ending.unplaced = [datedKey];
          const kept = await keep(made);
          const { costMicroUsd } = made.image;
          if (kept === undefined) return { awaitsReview: true, costMicroUsd };
          return { ...concluded(ending, kept, datedKey), costMicroUsd };
        };
      },
    };
  }

  /**
   * Does beside the generator what can be done before there is a picture. The answer keeps it, and comes
   * to `undefined` where it waits for approval.
   */
  #beginToKeep(
    request: PageRequest,
    where: PoolImage,
    before: PageBefore,
  ): (made: GeneratedPageImage) => Promise<StoredPageImage | undefined> {
    if (this.#deps.isReviewedBefore) {
      return async (made) => {
        await this.#deps.reviewQueue.keep(request, made);
        return undefined;
      };
    }
    const announced = this.#deps.placeImage.announce(request, where);
    return (made) => this.#deps.storePageImage.keep(request, made, before, announced);
  }

  #placeFor({ country }: PageRequest): PoolImage {
    return { day: dayAt(this.#deps.clock.now()), id: randomUUID(), country };
  }
}
