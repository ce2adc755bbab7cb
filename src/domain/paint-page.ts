import { randomUUID } from 'node:crypto';
import { beforeOf, concluded, failureFor, isToGo } from './claimed-page.ts';
import { dayAt } from './day.ts';
import { CafeError, claimLost, draining, GenerationError, isClaimLost } from './errors.ts';
import type { ImageKeys, PoolPicture } from './image-key.ts';
import type { KeepPicture } from './keep-picture.ts';
import type { Buyer, MadePicture, MakePicture } from './make-picture.ts';
import { isFallback } from './page-image.ts';
import type { PageRequest } from './page-request.ts';
import type { Commission, Painted } from './painting.ts';
import type { PendingPictures } from './pending-pictures.ts';
import { PendingWork } from './pending-work.ts';
import type { KeptPicture, PageBefore, PlacePicture } from './place-picture.ts';
import { findPlaced, type PlacedImage, shownBy } from './placed-image.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Claim, ClaimEnding, PageClaims, PageHistory } from './ports/page-claims.ts';

/** How often a page is claimed again whose claim could not be kept. */
const MOST_LOSSES = 3;

/**
 * Gives a page a picture of its own, once, however many processes are at it: claims the page, looks
 * for what an earlier holder of the claim may have bought, and buys only where there is nothing.
 */
export class PaintPage {
  readonly #claims: PageClaims;
  readonly #store: ImageStore;
  readonly #keys: ImageKeys;
  readonly #makePicture: MakePicture;
  readonly #keepPicture: KeepPicture;
  readonly #placePicture: PlacePicture;
  readonly #pendingPictures: PendingPictures;
  readonly #isReviewedBefore: boolean;
  readonly #clock: Clock;
  readonly #endings = new PendingWork();
  readonly #closing = new AbortController();

  constructor(deps: {
    claims: PageClaims;
    store: ImageStore;
    keys: ImageKeys;
    makePicture: MakePicture;
    keepPicture: KeepPicture;
    placePicture: PlacePicture;
    pendingPictures: PendingPictures;
    /** New pictures wait for the owner's approval. */
    isReviewedBefore: boolean;
    clock: Clock;
  }) {
    this.#claims = deps.claims;
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#makePicture = deps.makePicture;
    this.#keepPicture = deps.keepPicture;
    this.#placePicture = deps.placePicture;
    this.#pendingPictures = deps.pendingPictures;
    this.#isReviewedBefore = deps.isReviewedBefore;
    this.#clock = deps.clock;
  }

  /**
   * `undefined` where the ledger has nothing left and nothing was bought before.
   *
   * @throws GenerationError once the generator has failed for good, CafeError with the failure of
   *   another process that painted the page, `storage_unavailable`, or `draining` once closed
   */
  async paint(request: PageRequest, commission: Commission): Promise<Painted | undefined> {
    for (let losses = 0; losses < MOST_LOSSES; ) {
      const place = this.#placeFor(request);
      const { signal } = this.#closing;
      const claim = await this.#claims.claim(request, this.#keys.dated(place), signal);
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
    return this.#makePicture.refusal();
  }

  /** Resolves `true` with the next picture of any page; `false` once none is being made in this process. */
  nextPicture(): Promise<boolean> {
    return this.#makePicture.nextPicture();
  }

  /**
   * Whether a picture of the page waits for approval, for which nothing is bought.
   *
   * @throws CafeError `storage_unavailable`
   */
  async awaitsReview({ making = [] }: PageHistory): Promise<boolean> {
    return (await this.#pendingPictures.among(making)).length > 0;
  }

  /** Begins no more calls, and waits for no other process any more. */
  close(): void {
    this.#closing.abort(draining());
    this.#makePicture.close();
  }

  /** Resolves when every claim has been let go, every price is written down, and nothing is stored. */
  async finished(): Promise<void> {
    await Promise.all([
      this.#endings.ended(),
      this.#makePicture.finished(),
      this.#keepPicture.finished(),
    ]);
  }

  async #paintClaimed(
    request: PageRequest,
    commission: Commission,
    claim: Claim,
    place: PoolPicture,
  ): Promise<Painted | undefined> {
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
    commission: Commission,
    claim: Claim,
    ending: ClaimEnding,
  ): Promise<Painted | undefined> {
    const { isFirst, history } = claim;
    if (isFirst) return undefined;
    const { making = [] } = history;
    // Until they are looked for, they must not be forgotten.
    ending.unplaced = making;
    const placed = await findPlaced(this.#store, request);
    if (placed && !isFallback(placed.head) && !isToGo(placed, commission)) {
      ending.shown = shownBy(placed.head);
      ending.unplaced = await this.#pendingPictures.among(making);
      return placed.image;
    }
    const before = { ...beforeOf(claim, commission), there: placed?.head };
    for (const datedKey of making) {
      const kept = await this.#keepPicture.recover(request, datedKey, before);
      if (kept) return concluded(ending, kept, datedKey);
    }
    ending.unplaced = await this.#pendingPictures.among(making);
    if (ending.unplaced.length > 0) return { awaitsReview: true };
    return placed && !commission.replacing ? placed.image : undefined;
  }

  /** What the page shows, unless that is to be replaced. */
  async #placed(request: PageRequest, commission: Commission): Promise<PlacedImage | undefined> {
    const placed = await findPlaced(this.#store, request);
    return placed && !isToGo(placed, commission) ? placed : undefined;
  }

  /** A second time where the generator asks for it, which takes a reservation of its own. */
  async #buy(
    request: PageRequest,
    commission: Commission,
    claim: Claim,
    place: PoolPicture,
    ending: ClaimEnding,
  ): Promise<Painted | undefined> {
    const { ledger } = commission;
    const buyer = this.#buyerFor(request, claim, beforeOf(claim, commission), ending);
    try {
      return await this.#makePicture.make(request, place, ledger, buyer);
    } catch (error) {
      if (!(error instanceof GenerationError && error.mayRetry)) throw error;
      const second = this.#placeFor(request);
      const image = await this.#makePicture.make(request, second, ledger, buyer);
      if (!image) throw error;
      return image;
    }
  }

  #buyerFor(
    request: PageRequest,
    claim: Claim,
    before: PageBefore,
    ending: ClaimEnding,
  ): Buyer<Painted> {
    return {
      confirm: async (where) => {
        const naming = claim.name(this.#keys.dated(where));
        const isHeld = await naming.then(
          () => claim.isHeld(),
          () => false,
        );
        if (!isHeld) throw claimLost();
      },
      begin: (where) => {
        const keep = this.#beginToKeep(request, where, before);
        return async (made) => {
          const datedKey = this.#keys.dated(where);
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
    where: PoolPicture,
    before: PageBefore,
  ): (made: MadePicture) => Promise<KeptPicture | undefined> {
    if (this.#isReviewedBefore) {
      return async (made) => {
        await this.#pendingPictures.keep(request, made);
        return undefined;
      };
    }
    const announced = this.#placePicture.announce(request, where);
    return (made) => this.#keepPicture.keep(request, made, before, announced);
  }

  #placeFor({ country }: PageRequest): PoolPicture {
    return { day: dayAt(this.#clock.now()), id: randomUUID(), country };
  }
}
