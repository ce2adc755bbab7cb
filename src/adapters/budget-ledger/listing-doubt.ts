import type { Clock } from '../../domain/kernel/clock.ts';
import { CafeError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';

const LISTINGS_LAG = 'Listings of the image store do not show recent writes';
/** Milliseconds without a purchase after that: each try writes a record and withdraws it. */
const PAUSE_MS = 5000;

/** @param doubt the reason, for the log */
export function notReliable(doubt: string): CafeError {
  const message = 'The image store is not reliable enough to buy pictures at the moment.';
  return new CafeError('storage_unavailable', message, { cause: new Error(doubt) });
}

/** Rejects counts from listings that are out of date, and purchases for a few seconds afterwards. */
export class ListingDoubt {
  readonly #clock: Clock;
  readonly #notice: Notice;
  #hasReported = false;
  #pausedUntil = 0;

  /** @param notice called once, until listings are up to date again */
  constructor(clock: Clock, notice: Notice) {
    this.#clock = clock;
    this.#notice = notice;
  }

  /** @throws CafeError `storage_unavailable` shortly after a count that missed an earlier write */
  checkPause(): void {
    if (this.#clock.monotonic() < this.#pausedUntil) throw notReliable(LISTINGS_LAG);
  }

  /** @throws CafeError `storage_unavailable` if a count misses an earlier write */
  check({ isBehind }: { isBehind: boolean }): void {
    if (isBehind && !this.#hasReported) this.#notice(`${LISTINGS_LAG}, so nothing is bought`, {});
    this.#hasReported = isBehind;
    if (!isBehind) return;
    this.#pausedUntil = this.#clock.monotonic() + PAUSE_MS;
    throw notReliable(LISTINGS_LAG);
  }
}
