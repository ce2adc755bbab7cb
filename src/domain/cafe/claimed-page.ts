import { isFallback, type PageImage } from '../images/image-labels.ts';
import { CafeError, claimLost, isClaimLost } from '../kernel/errors.ts';
import type { PageRequest } from '../pages/page.ts';
import type { Claim, ClaimEnding } from '../pages/page-claims.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { ObjectHead } from '../storage/object-store.ts';
import type { HeldElsewhere } from './held-elsewhere.ts';
import type { ReviewQueue } from './moderation/review-queue.ts';
import type { PageGeneration } from './page-generation.ts';
import {
  findPlaced,
  type PageBefore,
  type PlacedImage,
  type StoredPageImage,
  shownBy,
} from './placement/place-image.ts';
import type { StorePageImage } from './placement/store-page-image.ts';

/** Whether the placed image is the one to replace. */
export function isToGo({ head }: PlacedImage, replacing: ObjectHead | undefined): boolean {
  return replacing !== undefined && (isFallback(head) || head.etag === replacing.etag);
}

/** A page whose claim this process holds, and the outcome the claim records on release. */
export class ClaimedPage {
  readonly request: PageRequest;
  /** The object to replace. */
  readonly replacing: ObjectHead | undefined;
  readonly #claim: Claim;
  readonly #ending: ClaimEnding = {};

  constructor(request: PageRequest, claim: Claim, replacing: ObjectHead | undefined) {
    this.request = request;
    this.replacing = replacing;
    this.#claim = claim;
  }

  /** Whether no other process can have generated an image for the page. */
  get isFirst(): boolean {
    return this.#claim.isFirst;
  }

  /** Dated keys of images that earlier holders may have paid for. */
  get making(): readonly string[] {
    return this.#claim.history.making ?? [];
  }

  /**
   * Whether the images in `making` are paid for. Another process may hold them until the store
   * accepts them.
   */
  get isUnstored(): boolean {
    return this.#claim.history.isUnstored === true;
  }

  /** @param there the object the page shows, if already looked up */
  before(there = this.replacing): PageBefore {
    return { hadPicture: this.#claim.history.shown !== undefined, there };
  }

  /**
   * Names the image to be generated, and verifies that the claim is still held.
   *
   * @throws GenerationError of `claimLost` if another process may generate for the page
   */
  async confirm(datedKey: string): Promise<void> {
    const isNamed = await this.#claim.name(datedKey).then(
      () => true,
      () => false,
    );
    if (!isNamed || !(await this.#claim.isHeld())) throw claimLost();
  }

  /**
   * Images that may be paid for. The next holder finds them in the page's history.
   *
   * @param options.areUnstored they are paid for, and a process holds them until the store accepts
   *   them
   */
  leaveUnplaced(datedKeys: readonly string[], { areUnstored = false } = {}): void {
    this.#ending.unplaced = datedKeys;
    this.#ending.isUnstored = areUnstored;
  }

  /** The page shows its own image, placed by another process. */
  isShowing(head: ObjectHead): void {
    this.#ending.shown = shownBy(head);
  }

  /**
   * Records the result of storing an image for the page. Once the page shows it, no image is left
   * to place.
   */
  conclude({ image, shown }: StoredPageImage, datedKey: string): PageImage {
    this.leaveUnplaced(shown === undefined ? [datedKey] : []);
    if (shown !== undefined) this.#ending.shown = shown;
    return image;
  }

  /**
   * Records the failure that is reported to processes waiting for the page. Records none if this
   * process is stopping or has lost the claim.
   */
  fail(error: unknown): void {
    const code = error instanceof CafeError ? error.code : 'upstream_failed';
    if (code !== 'draining' && !isClaimLost(error)) this.#ending.failure = code;
  }

  /** Never throws. */
  release(): Promise<void> {
    return this.#claim.release(this.#ending);
  }
}

export interface RecoverPageImageDeps {
  store: ImageStore;
  storePageImage: StorePageImage;
  reviewQueue: ReviewQueue;
}

/** When to look again for an image that another process holds. */
const LOOK_AGAIN_MS = 20_000;

/**
 * The image that other processes generated or placed for the page since it was looked up;
 * `undefined` if a new image is needed.
 *
 * @throws CafeError `storage_unavailable`, also while another process holds an image of the page
 */
export async function recoverPageImage(
  { store, storePageImage, reviewQueue }: RecoverPageImageDeps,
  heldElsewhere: HeldElsewhere,
  page: ClaimedPage,
): Promise<PageGeneration | undefined> {
  if (page.isFirst) return undefined;
  const { request, replacing, making } = page;
  // Keep them in the history until the lookup is done.
  const areUnstored = page.isUnstored && heldElsewhere.mayBe(making);
  page.leaveUnplaced(making, { areUnstored });
  const placed = await findPlaced(store, request);
  if (placed && !isFallback(placed.head) && !isToGo(placed, replacing)) {
    page.isShowing(placed.head);
    page.leaveUnplaced(await reviewQueue.among(making));
    return placed.image;
  }
  for (const datedKey of making) {
    const stored = await storePageImage.recover(request, datedKey, page.before(placed?.head));
    if (stored) return page.conclude(stored, datedKey);
  }
  const waiting = await reviewQueue.among(making);
  if (waiting.length > 0 || !areUnstored) page.leaveUnplaced(waiting);
  if (waiting.length > 0) return { awaitsReview: true };
  if (placed && !replacing) return placed.image;
  if (!areUnstored) return undefined;
  throw new CafeError('storage_unavailable', 'An image of the page is not stored yet.', {
    retryAfterMs: LOOK_AGAIN_MS,
  });
}
