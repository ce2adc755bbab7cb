import type { CafeErrorCode } from '../kernel/errors.ts';
import type { PageRequest } from './page.ts';

/** The stored history of a page in a country. It outlives the page's image. */
export interface PageHistory {
  /**
   * The id of the generation whose image the page last showed as its own. Absent if there was none.
   */
  shown?: string;
  /**
   * Dated keys of planned images for the page, oldest first. It is unknown whether they are on the
   * page. Absent if there are none. If the store has an image at such a key, the image is paid for:
   * place it, or leave it for the owner's approval.
   */
  making?: readonly string[];
  /**
   * The images in `making` are paid for. A process could not store them when its claim ended, and
   * kept them to try again.
   */
  isUnstored?: boolean;
}

/** The outcome of a claim. */
export interface ClaimEnding {
  /** The id of the generation whose image the page now shows as its own. */
  shown?: string;
  /**
   * Dated keys of images that are not on the page. The service has possibly paid for them. The next
   * claim of the page finds them in its history. All other keys are forgotten.
   */
  unplaced?: readonly string[];
  /** The unplaced images are paid for, and this process keeps them until the store accepts them. */
  isUnstored?: boolean;
  /** The failure reported to processes that wait for the claim. */
  failure?: CafeErrorCode;
}

/** The right to generate a page's image, held by one process at a time. */
export interface Claim {
  /**
   * True if the page had no history before: no earlier claim had a result. Then no other process
   * can have generated its image.
   */
  readonly isFirst: boolean;
  /** The page's history at the moment of the claim. */
  readonly history: PageHistory;
  /**
   * Records the dated key at which the image will be stored. A process that takes over the claim
   * finds this key. The key replaces all earlier ones: before the call, the caller must look for an
   * image at each key in the history. Resolves once the key is written. Writes nothing if this key
   * is already the only one, because {@link PageClaims.claim} has written it. Does nothing if the
   * claim is lost: placing the image detects that.
   *
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  name(datedKey: string): Promise<void>;
  /**
   * Whether this process certainly still holds the claim. If so, no other process can claim the
   * page for at least half of the lease time from now. Call it right before an action that must
   * happen once. Renews the claim first if the last renewal is too old to be certain. Returns
   * `false` if the store does not respond. Never throws.
   */
  isHeld(): Promise<boolean>;
  /** Releases the claim. Never throws: if the release cannot be written, the lease expires. */
  release(ending: ClaimEnding): Promise<void>;
}

/**
 * Ensures one generation per page across any number of replicas.
 *
 * A claim is a lease. Its holder renews it. If it is not renewed for the lease time, another
 * process takes it over. It is advisory, not a lock: a paused holder may continue after another
 * process has taken over. The conditional write that places the image decides. A page's history is
 * never deleted, with one exception: the history of a first claim without result is deleted if the
 * store supports that.
 */
export interface PageClaims {
  /**
   * The page's history; empty for a page that was never claimed.
   *
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  recall(request: PageRequest): Promise<PageHistory>;

  /**
   * Records in the page's history that it has shown an image, without claiming the page. Returns
   * `false` and writes nothing if the page is claimed: a claim is then needed.
   *
   * @param shown the id of the image's generation
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  noteShown(request: PageRequest, shown: string): Promise<boolean>;

  /**
   * Claims the page and names the image to be generated, in one step. If another process holds the
   * claim, waits for its release and resolves with `undefined`: the page may have its image now.
   * The page may already have its image although the claim is granted, because another claim has
   * just ended.
   *
   * @param signal aborts the wait, with its reason
   * @throws CafeError with the failure of the other claim, `storage_unavailable` or `database_unavailable`
   */
  claim(request: PageRequest, datedKey: string, signal: AbortSignal): Promise<Claim | undefined>;
}
