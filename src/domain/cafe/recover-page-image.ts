import { isFallback } from '../images/image-labels.ts';
import { CafeError } from '../kernel/errors.ts';
import type { ImageStore } from '../storage/image-store.ts';
import { type ClaimedPage, isToGo } from './claimed-page.ts';
import type { HeldElsewhere } from './held-elsewhere.ts';
import type { ReviewQueue } from './moderation/review-queue.ts';
import type { PageGeneration } from './page-generation.ts';
import { findPlaced } from './placement/placed-image.ts';
import type { StorePageImage } from './placement/store-page-image.ts';

export interface RecoverPageImageDeps {
  store: ImageStore;
  storePageImage: StorePageImage;
  heldElsewhere: HeldElsewhere;
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
  { store, storePageImage, reviewQueue, heldElsewhere }: RecoverPageImageDeps,
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
