import { randomUUID } from 'node:crypto';
import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { GenerateImage, PaidCall } from '../generation/generate-image.ts';
import type { UnstoredImages } from '../images/unstored-images.ts';
import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayAt } from '../kernel/day.ts';
import { CafeError, draining, GenerationError, isClaimLost } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { PageClaims, PageHistory } from '../pages/page-claims.ts';
import { aboutPage, type PageRequest } from '../pages/page-request.ts';
import type { ImageKeys, PoolImage } from '../storage/image-keys.ts';
import { ClaimedPage, isToGo } from './claimed-page.ts';
import { dishPrompt } from './dish-prompt.ts';
import type { GeneratedPageImage, GenerationOptions, PageGeneration } from './page-generation.ts';
import type { PlaceImage } from './placement/place-image.ts';
import { findPlaced, type PlacedImage } from './placement/placed-image.ts';
import { type RecoverPageImageDeps, recoverPageImage } from './recover-page-image.ts';

/** How often a page is claimed again whose claim was lost. */
const MAX_LOSSES = 3;

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
 * Gives a page an image of its own, once, however many processes try: claims the page, looks for what an
 * earlier holder of the claim may have bought, and buys only where there is nothing.
 */
export class GeneratePageImage {
  readonly #deps: GeneratePageImageDeps;
  readonly #releases = new BackgroundTasks();
  readonly #closing = new AbortController();

  constructor(deps: GeneratePageImageDeps) {
    this.#deps = deps;
  }

  /**
   * `undefined` where the ledger has nothing left and nothing was bought before.
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
    throw new CafeError('storage_unavailable', 'The page cannot be held for long enough.');
  }

  /** Why no image can be bought now, as far as is known without trying. */
  refusal(): CafeError | undefined {
    const { generateImage, unstored } = this.#deps;
    return unstored.isFull ? tooManyUnstored() : generateImage.refusal();
  }

  /** Resolves `true` with the next image of any page; `false` once none is in progress in this process. */
  nextImage(): Promise<boolean> {
    return this.#deps.generateImage.nextImage();
  }

  /**
   * Whether an image of the page waits for approval. Nothing is bought for the page until then.
   *
   * @throws CafeError `storage_unavailable`
   */
  async awaitsReview({ making = [] }: PageHistory): Promise<boolean> {
    return (await this.#deps.reviewQueue.among(making)).length > 0;
  }

  /** Starts no more calls, and waits for no other process any more. */
  close(): void {
    this.#closing.abort(draining());
    this.#deps.generateImage.close();
  }

  /** Resolves when every claim is released, every price is written down, and nothing is being stored. */
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
      const recovered = await recoverPageImage(this.#deps, page);
      return recovered ?? (await this.#buy(page, place, ledger));
    } catch (error) {
      page.fail(error);
      throw error;
    } finally {
      this.#releases.add(page.release());
    }
  }

  /** Tries twice where the generator asks for it. The second try takes a reservation of its own. */
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
    const { generateImage, unstored } = this.#deps;
    if (unstored.isFull) throw tooManyUnstored();
    const subject = { kind: 'page', page: page.request.page, country } as const;
    const order = { id, day, subject, prompt: dishPrompt(page.request.country) };
    const call = await generateImage.begin(order, ledger);
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
      // Beside the generator, which takes much longer.
      announced = isReviewedBefore ? undefined : placeImage.announce(request, place);
      generated = { place, image: await this.#call(request, call, confirm) };
    } catch (cause) {
      await this.#fail(request, call, cause);
      throw cause;
    }
    // Whatever happens from here on, it is paid for.
    page.leaveUnplaced([datedKey]);
    const { costMicroUsd } = generated.image;
    if (!announced) {
      await reviewQueue.keep(request, generated);
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
    // A lost claim is no failure of the generator: no call was made, and the claim has reported why.
    if (!isClaimLost(cause)) {
      journal.record({ ...aboutPage(request), event: 'generation_failed', ...failure, cause });
    }
    await generateImage.fail(call, failure);
  }

  /** What the page shows, unless that is to be replaced. */
  async #placed(
    request: PageRequest,
    replacing: GenerationOptions['replacing'],
  ): Promise<PlacedImage | undefined> {
    const placed = await findPlaced(this.#deps.store, request);
    return placed && !isToGo(placed, replacing) ? placed : undefined;
  }

  #placeFor({ country }: PageRequest): PoolImage {
    return { day: dayAt(this.#deps.clock.now()), id: randomUUID(), country };
  }
}

function tooManyUnstored(): CafeError {
  const message =
    'Too many paid images wait for the store. No more are bought until it takes them.';
  return new CafeError('storage_unavailable', message);
}
