import type { Clock } from '../../domain/kernel/clock.ts';
import type { CafeErrorCode } from '../../domain/kernel/errors.ts';
import { BLANK, type FoundNote, type PageNote } from './page-note.ts';

/** The state of a page, from the view of a replica that wants to claim it. */
export type Verdict =
  /** The page has no holder, or its holder has crashed. */
  | { is: 'free' }
  | { is: 'held' }
  /** The holder has released the page since the first read. */
  | { is: 'ended'; failure?: CafeErrorCode | undefined };

/**
 * Judges a page's note at each poll.
 *
 * It detects a crashed holder by its own monotonic clock only: a note that did not change during a whole
 * lease was not renewed. Clocks of other machines do not matter.
 */
export class RivalWatch {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  #before: PageNote | undefined;
  #version: string | undefined;
  /** When the note was first seen with this version, on the monotonic clock. */
  #since = 0;

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /**
   * @param found the note just read; `undefined` if there is none
   * @param askedAt when the read started, on the monotonic clock
   */
  judge(found: FoundNote | undefined, askedAt: number): Verdict {
    const before = this.#before;
    const now = found?.note ?? BLANK;
    this.#before = now;
    if (before && now.ended && now.ended.holder !== before.ended?.holder) {
      // Ignore the failure of a claim that started and ended between two polls: it may be out of date.
      const wasWaitedFor = now.ended.holder === before.claim?.holder;
      return { is: 'ended', failure: wasWaitedFor ? now.ended.failure : undefined };
    }
    // The holder released the claim without a result, so the note was deleted.
    if (before?.claim && !found) return { is: 'ended' };
    if (!found || !now.claim) return { is: 'free' };
    const standsStill = this.#unchangedMs(found.version, askedAt) >= this.#leaseMs;
    return { is: standsStill ? 'free' : 'held' };
  }

  /** A lower bound: from the end of the first read with this version to the start of this read. */
  #unchangedMs(version: string, askedAt: number): number {
    if (version !== this.#version) {
      this.#version = version;
      this.#since = this.#clock.monotonic();
    }
    return askedAt - this.#since;
  }
}
