import { randomUUID } from 'node:crypto';
import { dayAt } from './day.ts';
import { CafeError, type CafeErrorCode, draining, GenerationError } from './errors.ts';
import { Flights } from './flights.ts';
import type { ImageKeys, PoolPicture } from './image-key.ts';
import type { KeepPicture, PageBefore } from './keep-picture.ts';
import type { MadePicture, MakePicture } from './make-picture.ts';
import { isFallback, type PageImage } from './page-image.ts';
import type { PageRequest } from './page-request.ts';
import { findPlaced } from './placed-image.ts';
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
  readonly #endings = new Flights<void>();
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
      const image = await this.#placed(request, commission);
      if (image || commission.replacing) return image;
    }
  }

  /** Begins no more calls, and waits for no other process any more. */
  close(): void {
    this.#closing.abort(draining());
    this.#makePicture.close();
  }

  /** Resolves when every claim has been let go. */
  finished(): Promise<void> {
    return this.#endings.landed();
  }

  async #paintClaimed(
    request: PageRequest,
    commission: Commission,
    claim: Claim,
    place: PoolPicture,
  ): Promise<PageImage | undefined> {
    const ending: ClaimEnding = {};
    try {
      const image =
        (await this.#recover(request, commission, claim, ending)) ??
        (await this.#buy(request, commission, claim, place, ending));
      if (image) ending.unplaced = !image.placed;
      return image;
    } catch (error) {
      const code = codeOf(error);
      // That this process stops is nobody else's failure.
      if (code !== 'draining') ending.failure = code;
      throw error;
    } finally {
      // Nobody needs to wait for it.
      void this.#endings.join(place.id, () => claim.release(ending));
    }
  }

  /** What others have bought or placed since the page was looked up. */
  async #recover(
    request: PageRequest,
    commission: Commission,
    { isFirst, history }: Claim,
    ending: ClaimEnding,
  ): Promise<PageImage | undefined> {
    if (isFirst) return undefined;
    // Until they are looked for, they must not be forgotten.
    ending.unplaced = true;
    const placed = await this.#placed(request, commission);
    if (placed) return placed;
    const hadPicture = history.shown !== undefined;
    for (const datedKey of history.making ?? []) {
      const image = await this.#keepPicture.recover(request, datedKey, { hadPicture });
      if (image) return image;
    }
    ending.unplaced = false;
    return undefined;
  }

  /** What the page shows, unless that is to be replaced. */
  async #placed(request: PageRequest, { replacing }: Commission): Promise<PageImage | undefined> {
    const placed = await findPlaced(this.#store, request);
    const isToGo =
      replacing && placed && (isFallback(placed.head) || placed.head.etag === replacing.etag);
    return isToGo ? undefined : placed?.image;
  }

  async #buy(
    request: PageRequest,
    { ledger, replacing }: Commission,
    claim: Claim,
    place: PoolPicture,
    ending: ClaimEnding,
  ): Promise<PageImage | undefined> {
    const made = await this.#make(request, ledger, claim, place);
    if (!made) return undefined;
    // Whatever happens from here on, it is paid for.
    ending.unplaced = true;
    const before: PageBefore = { hadPicture: claim.history.shown !== undefined, there: replacing };
    const image = await this.#keepPicture.keep(request, made, before);
    if (image.placed) ending.shown = made.place.id;
    return image;
  }

  /** A second time where the generator asks for it, which takes a reservation of its own. */
  async #make(
    request: PageRequest,
    ledger: BudgetLedger,
    claim: Claim,
    place: PoolPicture,
  ): Promise<MadePicture | undefined> {
    try {
      return await this.#makePicture.make(request, place, ledger);
    } catch (error) {
      if (!(error instanceof GenerationError && error.mayRetry)) throw error;
      const second = this.#placeFor(request);
      await claim.name(this.#keyOf(second));
      const made = await this.#makePicture.make(request, second, ledger);
      if (!made) throw error;
      return made;
    }
  }

  #placeFor({ country }: PageRequest): PoolPicture {
    return { day: dayAt(this.#clock.now()), id: randomUUID(), country };
  }

  #keyOf({ day, id, country }: PoolPicture): string {
    return this.#keys.dated(day, id, country);
  }
}

function codeOf(error: unknown): CafeErrorCode {
  return error instanceof CafeError ? error.code : 'upstream_failed';
}
