import { CafeError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';

const LISTINGS_LAG = 'Listings of the image store do not show recent writes';

/** @param doubt the reason, for the log */
export function notReliable(doubt: string): CafeError {
  const message = 'The image store is not reliable enough to buy pictures at the moment.';
  return new CafeError('storage_unavailable', message, { cause: new Error(doubt) });
}

/** Rejects counts from listings that are out of date. */
export class ListingDoubt {
  readonly #notice: Notice;
  #hasReported = false;

  /** @param notice called once, until listings are up to date again */
  constructor(notice: Notice) {
    this.#notice = notice;
  }

  /** @throws CafeError `storage_unavailable` if a count misses an earlier write */
  check({ isBehind }: { isBehind: boolean }): void {
    if (isBehind && !this.#hasReported) this.#notice(`${LISTINGS_LAG}, so nothing is bought`, {});
    this.#hasReported = isBehind;
    if (isBehind) throw notReliable(LISTINGS_LAG);
  }
}
