import { isFallback } from '../images/image-labels.ts';
import type { ImageStore } from '../storage/image-store.ts';
import { type ClaimedPage, isToGo } from './claimed-page.ts';
import type { ReviewQueue } from './moderation/review-queue.ts';
import type { PageGeneration } from './page-generation.ts';
import { findPlaced } from './placement/placed-image.ts';
import type { StorePageImage } from './placement/store-page-image.ts';

export interface RecoverPageImageDeps {
  store: ImageStore;
  storePageImage: StorePageImage;
  reviewQueue: ReviewQueue;
}

/**
 * What others have bought or placed for the page since it was looked up; `undefined` where a new image is
 * to be bought.
 *
 * @throws CafeError `storage_unavailable`
 */
export async function recoverPageImage(
  { store, storePageImage, reviewQueue }: RecoverPageImageDeps,
  page: ClaimedPage,
): Promise<PageGeneration | undefined> {
  if (page.isFirst) return undefined;
  const { request, replacing, making } = page;
  // Not forgotten before they are looked for.
  page.leaveUnplaced(making);
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
  page.leaveUnplaced(waiting);
  if (waiting.length > 0) return { awaitsReview: true };
  return placed && !replacing ? placed.image : undefined;
}
