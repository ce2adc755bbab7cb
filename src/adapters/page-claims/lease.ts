import type { Clock } from '../../domain/kernel/clock.ts';
import { CafeError } from '../../domain/kernel/errors.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { Claim, ClaimEnding, PageHistory } from '../../domain/pages/page-claims.ts';
import type { FoundNote, NoteFile } from './note-file.ts';
import type { PageNote } from './page-note.ts';

/** So often a lease is renewed before it runs out. */
const RENEWALS_PER_LEASE = 3;

/** For this share of the lease after a renewal, no other process can have claimed the page. */
const CERTAIN_SHARE = 0.5;

/** So often a write that turned out to be in place of an older one than thought is tried. */
const TRIES = 3;

/** One moment by both clocks. */
export interface Moment {
  now: number;
  monotonic: number;
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), monotonic: clock.monotonic() };
}

/**
 * A claim that stands in a page's note, and is kept there until it is released or lost.
 *
 * Its writes follow each other, each in place of the one before, and none takes longer than there is
 * time for before the next. One that is refused may have an earlier one of its own before it, of which
 * the answer was lost; else another holds the page now, and from then on nothing is written.
 */
export class Lease implements Claim {
  readonly isFirst: boolean;
  readonly history: PageHistory;
  readonly #holder: string;
  readonly #pageKey: string;
  readonly #file: NoteFile;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #leaseMs: number;
  #note: PageNote;
  /** Of the note as this lease wrote it last; `undefined` once it is over. */
  #etag: string | undefined;
  /** When the last write that the store confirmed was begun, by both clocks. */
  #confirmed: Moment;
  #renewals = 0;
  #lastWrite: Promise<void> = Promise.resolve();

  /** @param found the note that claims the page for `holder`; its write began at `deps.writtenAt` */
  constructor(
    found: FoundNote,
    deps: {
      isFirst: boolean;
      history: PageHistory;
      holder: string;
      pageKey: string;
      file: NoteFile;
      clock: Clock;
      journal: Journal;
      leaseMs: number;
      writtenAt: Moment;
    },
  ) {
    this.#note = found.note;
    this.#etag = found.etag;
    this.#confirmed = deps.writtenAt;
    this.isFirst = deps.isFirst;
    this.history = deps.history;
    this.#holder = deps.holder;
    this.#pageKey = deps.pageKey;
    this.#file = deps.file;
    this.#clock = deps.clock;
    this.#journal = deps.journal;
    this.#leaseMs = deps.leaseMs;
  }

  /** Renews the lease again and again; ends at the first turn after it is over. Never throws. */
  async keep(): Promise<void> {
    await this.#clock.sleep(this.#leaseMs / RENEWALS_PER_LEASE);
    while (this.#etag) {
      await this.#inTurn(() => this.#write(this.#note)).catch(this.#report);
      await this.#clock.sleep(this.#leaseMs / RENEWALS_PER_LEASE);
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
   * The monotonic clock stands still while a machine sleeps and the wall clock may be set, so the claim
   * is certain only where both say so.
   */
  #isCertain(): boolean {
    if (!this.#etag) return false;
    const { monotonic, now } = momentOf(this.#clock);
    const ageMs = Math.max(
      monotonic - this.#confirmed.monotonic,
      Math.abs(now - this.#confirmed.now),
    );
    return ageMs < this.#leaseMs * CERTAIN_SHARE;
  }

  async #write(note: PageNote): Promise<void> {
    this.#renewals += 1;
    await this.#replace({ ...note, claim: { holder: this.#holder, renewals: this.#renewals } });
  }

  async #end(ending: ClaimEnding): Promise<void> {
    const { shown = this.#note.shown, unplaced = [], isUnstored, failure } = ending;
    const isInVain = shown === undefined && unplaced.length === 0 && failure === undefined;
    try {
      // Strangers make up any number of pages, of which nothing is to be kept.
      if (this.isFirst && isInVain && this.#etag && (await this.#remove(this.#etag))) return;
      await this.#replace({
        ...(shown === undefined ? {} : { shown }),
        making: unplaced,
        ...(isUnstored && unplaced.length > 0 ? { isUnstored } : {}),
        ended: { holder: this.#holder, ...(failure ? { failure } : {}) },
      });
    } finally {
      this.#etag = undefined;
    }
  }

  async #replace(note: PageNote): Promise<void> {
    for (let tries = 0; this.#etag && tries < TRIES; tries += 1) {
      const begun = momentOf(this.#clock);
      const etag = await this.#inTime(this.#file.write(note, this.#etag));
      if (etag) {
        this.#etag = etag;
        this.#confirmed = begun;
        this.#note = note;
        return;
      }
      const found = await this.#inTime(this.#file.read());
      // Written already, and only the answer was lost.
      if (!note.claim && found?.note.ended?.holder === this.#holder) return;
      this.#etag = found?.note.claim?.holder === this.#holder ? found.etag : undefined;
      if (!this.#etag) this.#report(new Error('Another has taken the claim over'));
    }
    if (this.#etag) throw new CafeError('storage_unavailable', 'The store writes no claim.');
  }

  #remove(etag: string): Promise<boolean> {
    return this.#inTime(this.#file.remove(etag));
  }

  /** A store that hangs must not keep the lease from being renewed in time. */
  async #inTime<T>(call: Promise<T>): Promise<T> {
    const late = this.#clock.sleep(this.#leaseMs / RENEWALS_PER_LEASE).then(() => {
      throw new CafeError('storage_unavailable', 'The store took too long to keep a claim.');
    });
    // Whichever comes second is of no interest any more.
    late.catch(() => undefined);
    call.catch(() => undefined);
    return Promise.race([call, late]);
  }

  readonly #report = (cause: unknown): void => {
    this.#journal.record({ event: 'claim_failed', key: this.#pageKey, cause });
  };

  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#lastWrite.then(write);
    // Whoever asked for a write hears of its failure; the next one has its turn all the same.
    this.#lastWrite = turn.catch(() => {});
    return turn;
  }
}
