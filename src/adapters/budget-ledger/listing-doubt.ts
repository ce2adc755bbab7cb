import { CafeError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';

const LISTINGS_LAG = 'The listings of the store are behind its writes';

/** @param doubt why nothing can be bought */
export function notReliable(doubt: string): CafeError {
  const message = 'Nothing can be bought over this store at the moment.';
  return new CafeError('storage_unavailable', message, { cause: new Error(doubt) });
}

/** Refuses what was counted in listings that are behind. */
export class ListingDoubt {
  readonly #notice: Notice;
  #hasTold = false;

  /** @param notice hears of it once, until listings are not behind any more */
  constructor(notice: Notice) {
    this.#notice = notice;
  }

  /** @throws CafeError `storage_unavailable` where a count did not see what was written before it */
  check({ isBehind }: { isBehind: boolean }): void {
    if (isBehind && !this.#hasTold) this.#notice(`${LISTINGS_LAG}: nothing is bought`, {});
    this.#hasTold = isBehind;
    if (isBehind) throw notReliable(LISTINGS_LAG);
  }
}
