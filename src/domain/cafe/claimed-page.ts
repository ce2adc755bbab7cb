import { isFallback, type PageImage } from '../images/image-labels.ts';
import { CafeError, claimLost, isClaimLost } from '../kernel/errors.ts';
import type { Claim, ClaimEnding } from '../pages/page-claims.ts';
import type { PageRequest } from '../pages/page-request.ts';
import type { ObjectHead } from '../storage/object-store.ts';
import type { PageBefore, StoredPageImage } from './placement/place-image.ts';
import { type PlacedImage, shownBy } from './placement/placed-image.ts';

/** Whether what the page shows is to be replaced. */
export function isToGo({ head }: PlacedImage, replacing: ObjectHead | undefined): boolean {
  return replacing !== undefined && (isFallback(head) || head.etag === replacing.etag);
}

/** A page that this process holds the claim of, and what the claim will say when it is released. */
export class ClaimedPage {
  readonly request: PageRequest;
  /** What is to be replaced. */
  readonly replacing: ObjectHead | undefined;
  readonly #claim: Claim;
  readonly #ending: ClaimEnding = {};

  constructor(request: PageRequest, claim: Claim, replacing: ObjectHead | undefined) {
    this.request = request;
    this.replacing = replacing;
    this.#claim = claim;
  }

  /** No other process can have made an image for the page. */
  get isFirst(): boolean {
    return this.#claim.isFirst;
  }

  /** Dated keys of images that earlier holders may have bought. */
  get making(): readonly string[] {
    return this.#claim.history.making ?? [];
  }

  /** @param there what the page shows, where that was looked up */
  before(there = this.replacing): PageBefore {
    return { hadPicture: this.#claim.history.shown !== undefined, there };
  }

  /**
   * Names the image to be bought, and makes sure that the page is still held.
   *
   * @throws GenerationError of `claimLost` where another process may buy for the page
   */
  async confirm(datedKey: string): Promise<void> {
    const isNamed = await this.#claim.name(datedKey).then(
      () => true,
      () => false,
    );
    if (!isNamed || !(await this.#claim.isHeld())) throw claimLost();
  }

  /** Images that may be paid for. The next holder finds them in the page's history. */
  leaveUnplaced(datedKeys: readonly string[]): void {
    this.#ending.unplaced = datedKeys;
  }

  /** The page shows an image of its own that another process has placed. */
  isShowing(head: ObjectHead): void {
    this.#ending.shown = shownBy(head);
  }

  /** What came of storing an image for the page. Once the page shows it, nothing is left to be placed. */
  conclude({ image, shown }: StoredPageImage, datedKey: string): PageImage {
    this.leaveUnplaced(shown === undefined ? [datedKey] : []);
    if (shown !== undefined) this.#ending.shown = shown;
    return image;
  }

  /** What those who wait for the page are told; nothing where only this process stops or has lost it. */
  fail(error: unknown): void {
    const code = error instanceof CafeError ? error.code : 'upstream_failed';
    if (code !== 'draining' && !isClaimLost(error)) this.#ending.failure = code;
  }

  /** Never throws. */
  release(): Promise<void> {
    return this.#claim.release(this.#ending);
  }
}
