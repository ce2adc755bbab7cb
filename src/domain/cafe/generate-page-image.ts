import { randomUUID } from 'node:crypto';
import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { GenerateImage, PaidCall } from '../generation/generate-image.ts';
import type { UnstoredImages } from '../images/unstored-images.ts';
import type { Clock } from '../kernel/clock.ts';
import { BackgroundTasks } from '../kernel/concurrency.ts';
import { dayAt } from '../kernel/day.ts';
import { CafeError, draining, GenerationError, isClaimLost } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../pages/page.ts';
import type { PageClaims, PageHistory } from '../pages/page-claims.ts';
import type { ImageKeys, PoolImage } from '../storage/image-keys.ts';
import {
  ClaimedPage,
  isToGo,
  type RecoverPageImageDeps,
  recoverPageImage,
} from './claimed-page.ts';
import { dishPrompt } from './dish-prompt.ts';
import { HeldElsewhere } from './held-elsewhere.ts';
import type { GeneratedPageImage, GenerationOptions, PageGeneration } from './page-generation.ts';
import { findPlaced, type PlacedImage, type PlaceImage } from './placement/place-image.ts';

/** How often a lost claim is claimed again. */
const MAX_LOSSES = 3;
const TOO_MANY_UNSTORED =
  'Too many paid images wait for the store. No more are bought until it takes them.';

export interface GeneratePageImageDeps extends RecoverPageImageDeps {
  claims: PageClaims;
  keys: ImageKeys;
  generateImage: GenerateImage;
  placeImage: PlaceImage;
  unstored: UnstoredImages;
  /** New images wait for the owner's approval. */
  isReviewedBefore: boolean;
  clock: Clock;
  journal: Journal;
}

/**
 * Generates a page's own image once across all processes. It claims the page, looks for an image an
 * earlier holder may have paid for, and generates only if there is none.
 */
export class GeneratePageImage {
  readonly #deps: GeneratePageImageDeps;
  readonly #heldElsewhere: HeldElsewhere;
  readonly #releases = new BackgroundTasks();
  readonly #closing = new AbortController();

  constructor(deps: GeneratePageImageDeps) {
    this.#deps = deps;
    this.#heldElsewhere = new HeldElsewhere(deps.clock);
  }

  /**
   * `undefined` if the budget is used up and no image was generated before.
   *
   * @throws GenerationError once the generator has failed for good, CafeError with the failure of
   *   another process that generated for the page, `storage_unavailable`, or `draining` once closed
   */
  async generate(
    request: PageRequest,
    { ledger, replacing }: GenerationOptions,
  ): Promise<PageGeneration | undefined> {
    const { claims, keys } = this.#deps;
    for (let losses = 0; losses < MAX_LOSSES; ) {
      const place = this.#placeFor(request);
      const claim = await claims.claim(request, keys.dated(place), this.#closing.signal);
      try {
        const page = claim && new ClaimedPage(request, claim, replacing);
        if (page) return await this.#generateClaimed(page, place, ledger);
      } catch (error) {
        if (!isClaimLost(error)) throw error;
        losses += 1;
      }
      const placed = await this.#placed(request, replacing);
      const wasWaitedFor = claim === undefined;
      if (placed || (replacing && wasWaitedFor)) return placed?.image;
    }
    throw new CafeError('storage_unavailable', 'The claim on the page was lost too often.');
  }

  /** Why no image can be generated now, as far as known without trying. */
  refusal(): CafeError | undefined {
    return this.#obstacle() ?? this.#deps.generateImage.refusal();
  }

  /**
   * Resolves `true` with the next image of any page; `false` once none is in progress in this
   * process.
   */
  nextImage(): Promise<boolean> {
    return this.#deps.generateImage.nextImage();
  }

  /**
   * Whether an image of the page waits for approval. Until then no image is generated for the page.
   *
   * @throws CafeError `storage_unavailable`
   */
  async awaitsReview({ making = [] }: PageHistory): Promise<boolean> {
    return (await this.#deps.reviewQueue.among(making)).length > 0;
  }

  /** Starts no further calls, and stops waiting for other processes. */
  close(): void {
    this.#closing.abort(draining());
    this.#deps.generateImage.close();
  }

  /** Resolves when every claim is released, every cost is recorded, and nothing is being stored. */
  async finished(): Promise<void> {
    await Promise.all([
      this.#releases.ended(),
      this.#deps.generateImage.finished(),
      this.#deps.storePageImage.finished(),
    ]);
  }

  async #generateClaimed(
    page: ClaimedPage,
    place: PoolImage,
    ledger: BudgetLedger,
  ): Promise<PageGeneration | undefined> {
    try {
      const recovered = await recoverPageImage(this.#deps, this.#heldElsewhere, page);
      return recovered ?? (await this.#buy(page, place, ledger));
    } catch (error) {
      page.fail(error);
      throw error;
    } finally {
      this.#releases.add(page.release());
    }
  }

  /** Tries twice if the generator allows a retry. The second try takes its own reservation. */
  async #buy(
    page: ClaimedPage,
    place: PoolImage,
    ledger: BudgetLedger,
  ): Promise<PageGeneration | undefined> {
    try {
      return await this.#buyOnce(page, place, ledger);
    } catch (error) {
      if (!(error instanceof GenerationError && error.mayRetry)) throw error;
      const image = await this.#buyOnce(page, this.#placeFor(page.request), ledger);
      if (!image) throw error;
      return image;
    }
  }

  async #buyOnce(
    page: ClaimedPage,
    { id, day, country }: PoolImage,
    ledger: BudgetLedger,
  ): Promise<PageGeneration | undefined> {
    const { generateImage } = this.#deps;
    const subject = { kind: 'page', page: page.request.page, country } as const;
    const order = { id, day, subject, prompt: dishPrompt(page.request.country) };
    const call = await generateImage.begin(order, ledger, () => this.#obstacle());
    if (!call) return undefined;
    let isStored = false;
    try {
      const image = await this.#callAndStore(page, { id: call.id, day, country }, call);
      isStored = true;
      return image;
    } finally {
      generateImage.end(call, isStored);
    }
  }

  async #callAndStore(
    page: ClaimedPage,
    place: PoolImage,
    call: PaidCall,
  ): Promise<PageGeneration> {
    const { keys, placeImage, storePageImage, reviewQueue, isReviewedBefore } = this.#deps;
    const { request } = page;
    const datedKey = keys.dated(place);
    const confirm = () => page.confirm(datedKey);
    let generated: GeneratedPageImage;
    let announced: Promise<boolean> | undefined;
    try {
      await confirm();
      // This write runs while the generator works, which takes much longer.
      announced = isReviewedBefore ? undefined : placeImage.announce(request, place);
      generated = { place, datedKey, image: await this.#call(request, call, confirm) };
    } catch (cause) {
      await this.#fail(request, call, cause);
      throw cause;
    }
    // From here on the image is paid for.
    page.leaveUnplaced([datedKey], { areUnstored: true });
    const { costMicroUsd } = generated.image;
    if (!announced) {
      await reviewQueue.keep(request, generated);
      page.leaveUnplaced([datedKey]);
      return { awaitsReview: true, costMicroUsd };
    }
    const stored = await storePageImage.keep(request, generated, page.before(), announced);
    return { ...page.conclude(stored, datedKey), costMicroUsd };
  }

  async #call(request: PageRequest, call: PaidCall, confirm: () => Promise<void>) {
    const { generateImage, journal } = this.#deps;
    const { image, durationMs } = await generateImage.call(call, confirm);
    const { model, costMicroUsd } = image;
    journal.record({
      ...aboutPage(request),
      event: 'picture_generated',
      key: request.key,
      model,
      costMicroUsd,
      durationMs,
    });
    return image;
  }

  async #fail(request: PageRequest, call: PaidCall, cause: unknown): Promise<void> {
    const { generateImage, journal } = this.#deps;
    const failure = generateImage.failureOf(call, cause);
    // A lost claim is not a failure of the generator: no call was made, and the claim has reported
    // the cause.
    if (!isClaimLost(cause)) {
      journal.record({ ...aboutPage(request), event: 'generation_failed', ...failure, cause });
    }
    await generateImage.fail(call, failure);
  }

  /** The image the page shows, unless it is to be replaced. */
  async #placed(
    request: PageRequest,
    replacing: GenerationOptions['replacing'],
  ): Promise<PlacedImage | undefined> {
    const placed = await findPlaced(this.#deps.store, request);
    return placed && !isToGo(placed, replacing) ? placed : undefined;
  }

  #obstacle(): CafeError | undefined {
    if (!this.#deps.unstored.isFull) return undefined;
    return new CafeError('storage_unavailable', TOO_MANY_UNSTORED);
  }

  #placeFor({ country }: PageRequest): PoolImage {
    return { day: dayAt(this.#deps.clock.now()), id: randomUUID(), country };
  }
}
