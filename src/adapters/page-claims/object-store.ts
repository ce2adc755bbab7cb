import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page.ts';
import type { Claim, PageClaims, PageHistory } from '../../domain/pages/page-claims.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { failureOfAnother } from './failure-words.ts';
import { Lease, type Moment, momentOf } from './lease.ts';
import { BLANK, claimed, type FoundNote, historyOf, NoteFile } from './page-note.ts';
import { RivalWatch } from './rival-watch.ts';

/** Milliseconds between two reads of a note that another replica holds: at first, and at most. */
const POLL_MS = { first: 250, max: 1000 };
/** Maximum deviation in milliseconds, so that replicas do not poll in step. */
const JITTER_MS = 100;
/** Attempts to write a page's history that changes after each read. */
const NOTING_TRIES = 3;

export interface ObjectStorePageClaimsOptions {
  /** Must support conditional writes. Otherwise two replicas may both believe that they hold a page. */
  store: ObjectStore;
  keys: ImageKeys;
  /** Outside the public prefix, without slashes at its ends. */
  recordsPrefix: string;
  clock: Clock;
  journal: Journal;
  /** Milliseconds until the claim of a crashed replica expires. Must be equal on all replicas. */
  leaseMs?: number;
}

/** An attempt to claim a page. */
interface Candidate {
  request: PageRequest;
  datedKey: string;
  /** The UUID of this claim. */
  holder: string;
  file: NoteFile;
  /** When the last attempt started. */
  triedAt: Moment;
}

/**
 * Stores claims as notes: one small object per page and country, at
 * `{records}/pages/{type}/{path}-{country}.json`. A note is only deleted if the page's first claim ended
 * without a picture.
 *
 * To claim a page, a replica writes the note with a conditional write, so only one of several concurrent
 * writes succeeds. The others poll the note. This needs no common clock: it compares neither timestamps of
 * the store nor of other replicas.
 */
export class ObjectStorePageClaims implements PageClaims {
  readonly #options: ObjectStorePageClaimsOptions;
  readonly #leaseMs: number;

  constructor(options: ObjectStorePageClaimsOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? 15_000;
  }

  async recall(request: PageRequest): Promise<PageHistory> {
    const found = await this.#fileOf(request).read();
    return historyOf(found?.note ?? BLANK);
  }

  async noteShown(request: PageRequest, shown: string): Promise<boolean> {
    const file = this.#fileOf(request);
    for (let tries = 0; tries < NOTING_TRIES; tries += 1) {
      const found = await file.read();
      const note = found?.note ?? BLANK;
      if (note.claim) return false;
      if (note.shown === shown || (await file.write({ ...note, shown }, found?.etag))) return true;
    }
    // It changes so often because other replicas claim the page.
    return false;
  }

  async claim(
    request: PageRequest,
    datedKey: string,
    signal: AbortSignal,
  ): Promise<Claim | undefined> {
    signal.throwIfAborted();
    const candidate: Candidate = {
      request,
      datedKey,
      holder: randomUUID(),
      file: this.#fileOf(request),
      triedAt: momentOf(this.#options.clock),
    };
    // Most pages were never claimed before, so try to write without reading first.
    return (await this.#take(candidate, undefined)) ?? this.#waitFor(candidate, signal);
  }

  async #waitFor(candidate: Candidate, signal: AbortSignal): Promise<Claim | undefined> {
    const watch = new RivalWatch(this.#options.clock, this.#leaseMs);
    for (let pollMs = POLL_MS.first; ; pollMs = Math.min(POLL_MS.max, pollMs * 2)) {
      const askedAt = this.#options.clock.monotonic();
      const found = await unlessAborted(signal, () => candidate.file.read());
      if (found && isHeldBy(candidate, found)) return this.#hold(candidate, found, false);
      const verdict = watch.judge(found, askedAt);
      if (verdict.is === 'ended') {
        if (verdict.failure) throw failureOfAnother(verdict.failure);
        return undefined;
      }
      const claim = verdict.is === 'free' ? await this.#take(candidate, found) : undefined;
      if (claim) return claim;
      const jitterMs = randomInt(-JITTER_MS, JITTER_MS);
      await unlessAborted(signal, () => this.#options.clock.sleep(pollMs + jitterMs));
    }
  }

  /** `undefined` if another replica was faster. */
  async #take(candidate: Candidate, found: FoundNote | undefined): Promise<Claim | undefined> {
    const claim = { holder: candidate.holder, renewals: 0 };
    const note = claimed(found?.note ?? BLANK, claim, candidate.datedKey);
    candidate.triedAt = momentOf(this.#options.clock);
    const etag = await candidate.file.write(note, found?.etag);
    return etag === undefined ? undefined : this.#hold(candidate, { note, etag }, !found);
  }

  #hold(candidate: Candidate, found: FoundNote, isFirst: boolean): Claim {
    const { request, datedKey, holder, file, triedAt } = candidate;
    const lease = new Lease(found, {
      isFirst,
      history: historyOf(found.note, datedKey),
      holder,
      pageKey: request.key,
      file,
      clock: this.#options.clock,
      journal: this.#options.journal,
      leaseMs: this.#leaseMs,
      writtenAt: triedAt,
    });
    void lease.keep();
    return lease;
  }

  #fileOf(request: PageRequest): NoteFile {
    const key = `${this.#options.recordsPrefix}/pages/${this.#options.keys.pageName(request.key)}.json`;
    return new NoteFile({
      store: this.#options.store,
      key,
      request,
      journal: this.#options.journal,
    });
  }
}

/** Whether the candidate's own write succeeded although its response was lost. */
function isHeldBy({ holder }: Candidate, { note }: FoundNote): boolean {
  return note.claim?.holder === holder;
}

/** Waits for the work, but rejects as soon as the signal fires. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
