import { isFallback, type PageImage } from '../images/image-labels.ts';
import { CafeError, type CafeErrorCode, isClaimLost } from '../kernel/errors.ts';
import type { Claim, ClaimEnding } from '../pages/page-claims.ts';
import type { GenerationOptions } from './page-generation.ts';
import type { PageBefore, StoredPageImage } from './placement/place-image.ts';
import type { PlacedImage } from './placement/placed-image.ts';

/** Whether the commission is to replace what the page shows. */
export function isToGo({ head }: PlacedImage, { replacing }: GenerationOptions): boolean {
  return replacing !== undefined && (isFallback(head) || head.etag === replacing.etag);
}

/** What is known of a page once it is claimed. */
export function beforeOf({ history }: Claim, { replacing }: GenerationOptions): PageBefore {
  return { hadPicture: history.shown !== undefined, there: replacing };
}

/** Once the page shows a picture of its own, nothing is left to be placed. */
export function concluded(
  ending: ClaimEnding,
  { image, shown }: StoredPageImage,
  datedKey: string,
): PageImage {
  ending.unplaced = shown === undefined ? [datedKey] : [];
  if (shown !== undefined) ending.shown = shown;
  return image;
}

/** What to tell those who wait for the page; nothing where only this process stops or has lost it. */
export function failureFor(error: unknown): CafeErrorCode | undefined {
  const code = error instanceof CafeError ? error.code : 'upstream_failed';
  return code === 'draining' || isClaimLost(error) ? undefined : code;
}
