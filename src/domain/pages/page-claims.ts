import type { CafeErrorCode } from '../kernel/errors.ts';
import type { PageRequest } from './page-request.ts';

/** What is written down of a page in a country, and outlives its picture. */
export interface PageHistory {
  /** The id of the generation that the page showed last, of its own; absent where there was none. */
  shown?: string;
  /**
   * The dated keys of pictures that were to be bought for the page and are not known to be placed,
   * oldest first; absent where there is none. What is behind such a key, if anything, is paid for: it is
   * to be placed, or waits for the owner's approval.
   */
  making?: readonly string[];
}

/** How a claim ends. */
export interface ClaimEnding {
  /** The id of the generation that the page shows now, of its own. */
  shown?: string;
  /**
   * Dated keys of what may be paid for and is not placed: the next one to claim the page finds them in
   * its history. All others are forgotten.
   */
  unplaced?: readonly string[];
  /** What those who waited for the claim are to be told. */
  failure?: CafeErrorCode;
}

/** The right to make a page's picture, held by one process at a time. */
export interface Claim {
  /** The page was never claimed before, or only in vain, so nobody can have painted it meanwhile. */
  readonly isFirst: boolean;
  /** What was written of the page when it was claimed. */
  readonly history: PageHistory;
  /**
   * Says under which dated key the picture will be stored, for whoever takes the claim over, instead
   * of all that was named before: whoever names has looked for what its history tells of. Written
   * before it resolves; naming what alone is named costs nothing. Does nothing once the claim
   * is lost, as placing the picture will tell.
   *
   * @throws CafeError `storage_unavailable`
   */
  name(datedKey: string): Promise<void>;
  /**
   * Whether the page is still held, so that no other process can have claimed it before half a lease
   * has passed from now. To be asked right before what must happen once. Renews the claim where the
   * last renewal is too old to tell; a store that does not answer means `false`. Never throws.
   */
  isHeld(): Promise<boolean>;
  /** Lets go. Never throws: what cannot be written ends with the lease. */
  release(ending: ClaimEnding): Promise<void>;
}

/**
 * One purchase for a page, over any number of replicas.
 *
 * A claim is a lease: its holder renews it for as long as it holds it, and once that has not happened
 * for a lease's time, another takes it over. It is a promise among the replicas and no lock: a holder
 * that was paused may go on while another has taken over, so what decides in the end is who places
 * the page's picture, by a conditional write. What is written of a page is never deleted, but for a
 * first claim that ended in vain, of which a store that can do so keeps nothing.
 */
export interface PageClaims {
  /**
   * What is written of the page; nothing at all for one that was never claimed.
   *
   * @throws CafeError `storage_unavailable`
   */
  recall(request: PageRequest): Promise<PageHistory>;

  /**
   * Writes into the page's history that it has shown a picture, without claiming the page. `false`, with
   * nothing written, where the page is held: then a claim is needed.
   *
   * @param shown the id of the picture's generation
   * @throws CafeError `storage_unavailable`
   */
  noteShown(request: PageRequest, shown: string): Promise<boolean>;

  /**
   * Claims the page, naming the picture to be made in the same step. Where another holds it, waits
   * until that one lets go, and resolves with `undefined`: the page may have its picture now. It may
   * also have it where a claim is granted, from one that has just ended.
   *
   * @param signal ends the waiting, with its reason
   * @throws CafeError with the failure that the other one ended with, or `storage_unavailable`
   */
  claim(request: PageRequest, datedKey: string, signal: AbortSignal): Promise<Claim | undefined>;
}
