import type { CafeErrorCode } from '../kernel/errors.ts';
import type { PageRequest } from './page.ts';

/** The stored history of a page in a country. It outlives the page's image. */
export interface PageHistory {
  /** The id of the last generation the page showed as its own image. Absent if there was none. */
  shown?: string;
  /**
   * Dated keys of images that were to be generated for the page and are not known to be placed,
   * oldest first. Absent if there are none. An image stored under such a key is paid for: place it,
   * or leave it for the owner's approval.
   */
  making?: readonly string[];
  /** The images in `making` are paid for. A process that could not store them holds or held them. */
  isUnstored?: boolean;
}

/** The outcome of a claim. */
export interface ClaimEnding {
  /** The id of the generation the page now shows as its own image. */
  shown?: string;
  /**
   * Dated keys of images that may be paid for and are not placed. The next claim of the page finds
   * them in its history. All other keys are forgotten.
   */
  unplaced?: readonly string[];
  /** The unplaced images are paid for, and this process holds them until the store accepts them. */
  isUnstored?: boolean;
  /** The failure reported to those waiting for the claim. */
  failure?: CafeErrorCode;
}

/** The right to generate a page's image, held by one process at a time. */
export interface Claim {
  /**
   * Whether the page was never claimed before, or only without result. Then no other process can
   * have generated its image.
   */
  readonly isFirst: boolean;
  /** The page's history at the moment of the claim. */
  readonly history: PageHistory;
  /**
   * Records the dated key under which the image will be stored, for a process that takes the claim
   * over. It replaces all keys named before: the caller has already searched the keys in its
   * history. The key is written before the promise resolves. If this key is the only one named so
   * far, no write is needed. Does nothing once the claim is lost; placing the image will detect
   * that.
   *
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  name(datedKey: string): Promise<void>;
  /**
   * Whether the claim is still held, so that no other process can claim the page for the next half
   * lease. Call it right before an action that must happen once. Renews the claim if the last
   * renewal is too old to tell. Returns `false` if the store does not respond. Never throws.
   */
  isHeld(): Promise<boolean>;
  /** Releases the claim. Never throws: if the release cannot be written, the lease expires. */
  release(ending: ClaimEnding): Promise<void>;
}

/**
 * Ensures one generation per page across any number of replicas.
 *
 * A claim is a lease. Its holder renews it, and after one lease without renewal another process
 * takes it over. It is advisory, not a lock: a paused holder may continue after another process has
 * taken over. The conditional write that places the image decides. A page's history is never
 * deleted, with one exception: the history of a first claim without result is deleted if the store
 * supports that.
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
   * claim, waits for its release and resolves with `undefined`: the page may have its image now. If
   * another claim has just ended, the page may have its image even after a claim is granted.
   *
   * @param signal aborts the wait, with its reason
   * @throws CafeError with the failure of the other claim, `storage_unavailable` or `database_unavailable`
   */
  claim(request: PageRequest, datedKey: string, signal: AbortSignal): Promise<Claim | undefined>;
}
