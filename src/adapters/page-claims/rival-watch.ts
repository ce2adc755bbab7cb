import type { Clock } from '../../domain/kernel/clock.ts';
import type { CafeErrorCode } from '../../domain/kernel/errors.ts';
import type { FoundNote } from './note-file.ts';
import { BLANK, type PageNote } from './page-note.ts';

/** What a look at a page's note says to one that wants to claim the page. */
export type Verdict =
  /** Nobody holds it, or nobody who is still alive. */
  | { is: 'free' }
  | { is: 'held' }
  /** Somebody has let go of it since the first look. */
  | { is: 'ended'; failure?: CafeErrorCode | undefined };

/**
 * What one that waits for a page makes of its note, look by look.
 *
 * Whether a holder is gone is judged by the watcher's own monotonic clock alone: a note that stood
 * still for a whole lease was not renewed, whatever time it is elsewhere.
 */
export class RivalWatch {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  #before: PageNote | undefined;
  #etag: string | undefined;
  /** On the monotonic clock: since when the note is known to have had this ETag. */
  #since = 0;

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /**
   * @param found what was just read, `undefined` where nothing is written
   * @param askedAt when reading began, on the monotonic clock
   */
  judge(found: FoundNote | undefined, askedAt: number): Verdict {
    const before = this.#before;
    const now = found?.note ?? BLANK;
    this.#before = now;
    if (before && now.ended && now.ended.holder !== before.ended?.holder) {
      // A failure of one that came and went between two looks may be no news of the page any more.
      const wasWaitedFor = now.ended.holder === before.claim?.holder;
      return { is: 'ended', failure: wasWaitedFor ? now.ended.failure : undefined };
    }
    // It was let go in vain, and nothing was kept.
    if (before?.claim && !found) return { is: 'ended' };
    if (!found || !now.claim) return { is: 'free' };
    const standsStill = this.#unchangedMs(found.etag, askedAt) >= this.#leaseMs;
    return { is: standsStill ? 'free' : 'held' };
  }

  /** At least that long: from the end of the first look that has seen it to the start of this one. */
  #unchangedMs(etag: string, askedAt: number): number {
    if (etag !== this.#etag) {
      this.#etag = etag;
      this.#since = this.#clock.monotonic();
    }
    return askedAt - this.#since;
  }
}
