import type { Clock } from '../../domain/kernel/clock.ts';
import { CafeError } from '../../domain/kernel/errors.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { Claim, ClaimEnding, PageHistory } from '../../domain/pages/page-claims.ts';
import type { FoundNote, PageNote, StoredNote } from './page-note.ts';

const RENEWALS_PER_LEASE = 3;

/**
 * For this share of the lease time after a renewal, it is certain that no other process has claimed
 * the page.
 */
const CERTAIN_SHARE = 0.5;

/**
 * Attempts of a conditional write. It fails if the version that this lease knows is out of date.
 */
const TRIES = 3;

/** One moment on both clocks. */
export interface Moment {
  now: number;
  monotonic: number;
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), monotonic: clock.monotonic() };
}

interface LeaseDeps {
  isFirst: boolean;
  history: PageHistory;
  holder: string;
  pageKey: string;
  stored: StoredNote;
  clock: Clock;
  journal: Journal;
  leaseMs: number;
  writtenAt: Moment;
}

/**
 * A claim in a page's note. It is renewed until it is released or lost.
 *
 * Writes run one after another. Each has the version of the last one as its condition, and must
 * finish before the next renewal. A rejected write has one of two causes. Either an earlier write
 * of this lease succeeded but its response was lost, or another replica now holds the page. In the
 * second case, the lease is over and writes nothing more.
 */
export class Lease implements Claim {
  readonly isFirst: boolean;
  readonly history: PageHistory;
  readonly #deps: LeaseDeps;
  #note: PageNote;
  /** The version of this lease's last write; `undefined` once the lease is over. */
  #version: string | undefined;
  /** When the last confirmed write started. */
  #confirmed: Moment;
  #renewals = 0;
  #lastWrite: Promise<void> = Promise.resolve();

  /** @param found the note with the claim of `holder`; its write started at `deps.writtenAt` */
  constructor(found: FoundNote, deps: LeaseDeps) {
    this.#note = found.note;
    this.#version = found.version;
    this.#confirmed = deps.writtenAt;
    this.isFirst = deps.isFirst;
    this.history = deps.history;
    this.#deps = deps;
  }

  /** Renews the lease until it is over. Never throws. */
  async keep(): Promise<void> {
    await this.#deps.clock.sleep(this.#deps.leaseMs / RENEWALS_PER_LEASE);
    while (this.#version) {
      await this.#inTurn(() => this.#write(this.#note)).catch(this.#report);
      await this.#deps.clock.sleep(this.#deps.leaseMs / RENEWALS_PER_LEASE);
    }
  }

  name(datedKey: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#note.making.length === 1 && this.#note.making[0] === datedKey) return;
      const { isUnstored: _, ...note } = this.#note;
      await this.#write({ ...note, making: [datedKey] });
    });
  }

  async isHeld(): Promise<boolean> {
    if (this.#isCertain()) return true;
    await this.#inTurn(() => this.#write(this.#note)).catch(this.#report);
    return this.#isCertain();
  }

  release(ending: ClaimEnding): Promise<void> {
    return this.#inTurn(() => this.#end(ending)).catch(this.#report);
  }

  /**
   * Uses both clocks: the monotonic clock stops while the machine sleeps, and the wall clock may be
   * changed.
   */
  #isCertain(): boolean {
    if (!this.#version) return false;
    const { monotonic, now } = momentOf(this.#deps.clock);
    const ageMs = Math.max(
      monotonic - this.#confirmed.monotonic,
      Math.abs(now - this.#confirmed.now),
    );
    return ageMs < this.#deps.leaseMs * CERTAIN_SHARE;
  }

  async #write(note: PageNote): Promise<void> {
    this.#renewals += 1;
    await this.#replace({
      ...note,
      claim: { holder: this.#deps.holder, renewals: this.#renewals },
    });
  }

  async #end(ending: ClaimEnding): Promise<void> {
    const { shown = this.#note.shown, unplaced = [], isUnstored, failure } = ending;
    const hasNoResult = shown === undefined && unplaced.length === 0 && failure === undefined;
    try {
      // Delete the note, because requests may invent any number of pages.
      if (this.isFirst && hasNoResult && this.#version && (await this.#remove(this.#version)))
        return;
      await this.#replace({
        ...(shown === undefined ? {} : { shown }),
        making: unplaced,
        ...(isUnstored && unplaced.length > 0 ? { isUnstored } : {}),
        ended: { holder: this.#deps.holder, ...(failure ? { failure } : {}) },
      });
    } finally {
      this.#version = undefined;
    }
  }

  async #replace(note: PageNote): Promise<void> {
    for (let tries = 0; this.#version && tries < TRIES; tries += 1) {
      const begun = momentOf(this.#deps.clock);
      const version = await this.#inTime(this.#deps.stored.write(note, this.#version));
      if (version) {
        this.#version = version;
        this.#confirmed = begun;
        this.#note = note;
        return;
      }
      const found = await this.#inTime(this.#deps.stored.read());
      // The write succeeded, but its response was lost.
      if (!note.claim && found?.note.ended?.holder === this.#deps.holder) return;
      this.#version = found?.note.claim?.holder === this.#deps.holder ? found.version : undefined;
      if (!this.#version) this.#report(new Error('another replica has taken over the claim'));
    }
    if (this.#version) throw this.#unavailable('Every write of a claim is rejected.');
  }

  #remove(version: string): Promise<boolean> {
    return this.#inTime(this.#deps.stored.remove(version));
  }

  /** A call that hangs must not delay the next renewal. */
  async #inTime<T>(call: Promise<T>): Promise<T> {
    const timeout = this.#deps.clock.sleep(this.#deps.leaseMs / RENEWALS_PER_LEASE).then(() => {
      throw this.#unavailable('It took too long to renew a claim.');
    });
    // The promise that loses the race must not become an unhandled rejection.
    timeout.catch(() => undefined);
    call.catch(() => undefined);
    return Promise.race([call, timeout]);
  }

  #unavailable(message: string): CafeError {
    return new CafeError(this.#deps.stored.whenAway, message);
  }

  readonly #report = (cause: unknown): void => {
    this.#deps.journal.record({ event: 'claim_failed', key: this.#deps.pageKey, cause });
  };

  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#lastWrite.then(write);
    // The caller gets the failure; the next write runs anyway.
    this.#lastWrite = turn.catch(() => {});
    return turn;
  }
}
