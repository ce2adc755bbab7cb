import { randomUUID } from 'node:crypto';
import { dayAt } from './day.ts';
import { CafeError, type CafeErrorCode, draining, GenerationError } from './errors.ts';
import type { ImageKeys, PoolPicture } from './image-key.ts';
import type { KeepPicture, KeptPicture, PageBefore } from './keep-picture.ts';
import type { MadePicture, MakePicture } from './make-picture.ts';
import { isFallback, type PageImage } from './page-image.ts';
import type { PageRequest } from './page-request.ts';
import { PendingWork } from './pending-work.ts';
import { findPlaced, type PlacedImage, shownBy } from './placed-image.ts';
import type { BudgetLedger } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { ObjectHead } from './ports/object-store.ts';
import type { Claim, ClaimEnding, PageClaims } from './ports/page-claims.ts';

/** What a painting may use, and what it is to replace. */
export interface Commission {
  ledger: BudgetLedger;
  /** What the page shows now: a fallback, or what the owner wants another picture for. */
  replacing?: ObjectHead;
}

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
  readonly #clock: Clock;
  readonly #endings = new PendingWork();
  readonly #closing = new AbortController();

  constructor(deps: {
    claims: PageClaims;
    store: ImageStore;
    keys: ImageKeys;
    makePicture: MakePicture;
    keepPicture: KeepPicture;
    clock: Clock;
  }) {
    this.#claims = deps.claims;
    this.#store = deps.store;
    this.#keys = deps.keys;
    this.#makePicture = deps.makePicture;
    this.#keepPicture = deps.keepPicture;
    this.#clock = deps.clock;
  }

  /**
   * `undefined` where the ledger has nothing left and nothing was bought before.
   *
   * @throws GenerationError once the generator has failed for good, CafeError with the failure of
   *   another process that painted the page, `storage_unavailable`, or `draining` once closed
   */
  async paint(request: PageRequest, commission: Commission): Promise<PageImage | undefined> {
    for (;;) {
      const place = this.#placeFor(request);
      const { signal } = this.#closing;
      const claim = await this.#claims.claim(request, this.#keyOf(place), signal);
      if (claim) return this.#paintClaimed(request, commission, claim, place);
      const placed = await this.#placed(request, commission);
      if (placed || commission.replacing) return placed?.image;
    }
  }

  /** Whether a picture could be bought just now, as far as is known without trying. */
  mayBuy(): boolean {
    return this.#makePicture.refusal() === undefined;
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
  ): Promise<PageImage | undefined> {
    const ending: ClaimEnding = {};
    try {
      return (
        (await this.#recover(request, commission, claim, place, ending)) ??
        (await this.#buy(request, commission, claim, place, ending))
      );
    } catch (error) {
      const code = codeOf(error);
      // That this process stops is nobody else's failure.
      if (code !== 'draining') ending.failure = code;
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
    place: PoolPicture,
    ending: ClaimEnding,
  ): Promise<PageImage | undefined> {
    const { isFirst, history } = claim;
    if (isFirst) return undefined;
    const { making = [] } = history;
    // Until they are looked for, they must not be forgotten.
    ending.unplaced = making;
    const placed = await findPlaced(this.#store, request);
    if (placed && !isFallback(placed.head) && !isToGo(placed, commission)) {
      ending.shown = shownBy(placed.head);
      ending.unplaced = [];
      return placed.image;
    }
    const before = { ...beforeOf(claim, commission), there: placed?.head };
    for (const datedKey of making) {
      const kept = await this.#keepPicture.recover(request, datedKey, before);
      if (kept) return concluded(ending, kept, datedKey);
    }
    ending.unplaced = [];
    if (placed && !commission.replacing) return placed.image;
    await claim.name(this.#keyOf(place));
    return undefined;
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
  ): Promise<PageImage | undefined> {
    const { ledger } = commission;
    const keep = async (made: MadePicture) => {
      const datedKey = this.#keyOf(made.place);
      // Whatever happens from here on, it is paid for.
      ending.unplaced = [datedKey];
      const kept = await this.#keepPicture.keep(request, made, beforeOf(claim, commission));
      const { costMicroUsd } = made.image;
      return { ...concluded(ending, kept, datedKey), costMicroUsd };
    };
    try {
      return await this.#makePicture.make(request, place, ledger, keep);
    } catch (error) {
      if (!(error instanceof GenerationError && error.mayRetry)) throw error;
      const second = this.#placeFor(request);
      await claim.name(this.#keyOf(second));
      const image = await this.#makePicture.make(request, second, ledger, keep);
      if (!image) throw error;
      return image;
    }
  }

  #placeFor({ country }: PageRequest): PoolPicture {
    return { day: dayAt(this.#clock.now()), id: randomUUID(), country };
  }

  #keyOf({ day, id, country }: PoolPicture): string {
    return this.#keys.dated(day, id, country);
  }
}

function isToGo({ head }: PlacedImage, { replacing }: Commission): boolean {
  return replacing !== undefined && (isFallback(head) || head.etag === replacing.etag);
}

function beforeOf({ history }: Claim, { replacing }: Commission): PageBefore {
  return { hadPicture: history.shown !== undefined, there: replacing };
}

/** Once the page shows a picture of its own, nothing is left to be placed. */
function concluded(
  ending: ClaimEnding,
  { image, shown }: KeptPicture,
  datedKey: string,
): PageImage {
  ending.unplaced = shown === undefined ? [datedKey] : [];
  if (shown !== undefined) ending.shown = shown;
  return image;
}

function codeOf(error: unknown): CafeErrorCode {
  return error instanceof CafeError ? error.code : 'upstream_failed';
}
