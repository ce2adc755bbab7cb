import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { Claim, PageClaims, PageHistory } from '../../domain/pages/page-claims.ts';
import type { PageRequest } from '../../domain/pages/page-request.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { failureOfAnother } from './failure-words.ts';
import { Lease, type Moment, momentOf } from './lease.ts';
import { type FoundNote, NoteFile } from './note-file.ts';
import { BLANK, claimed, historyOf } from './page-note.ts';
import { RivalWatch } from './rival-watch.ts';

/** Milliseconds between two looks at a page that another holds: at first, and at most. */
const LOOK_MS = { first: 250, most: 1000 };
/** Up to so many milliseconds sooner or later, so that replicas do not keep in step. */
const JITTER_MS = 100;
/** How often a page's history is written anew that changed after it was read. */
const NOTING_TRIES = 3;

export interface ObjectStorePageClaimsOptions {
  /** One that knows conditional writes; with another, two may believe that they hold a page. */
  store: ObjectStore;
  keys: ImageKeys;
  /** Outside the public prefix, without slashes at its ends. */
  recordsPrefix: string;
  clock: Clock;
  journal: Journal;
  /** How long, in milliseconds, a claim outlives its holder. Alike on all replicas. */
  leaseMs?: number;
}

/** One that wants a page. */
interface Candidate {
  request: PageRequest;
  datedKey: string;
  /** A UUID of this one claim. */
  holder: string;
  file: NoteFile;
  /** When its last try to claim the page began. */
  triedAt: Moment;
}

/**
 * Keeps claims as notes beside the records, one small object for each page and country,
 * `{records}/pages/{type}/{path}-{country}.json`, which is deleted only by a first claim that got the page
 * nothing: then the page is as if it was never claimed.
 *
 * Whoever wants a page writes the note, on condition that it still is what it was when it was read;
 * of several who do so at once, the store lets one. Those who wait for the holder look again now and
 * then. The store needs no clock, and what time the replicas' own tell is of
 * no account.
 */
export class ObjectStorePageClaims implements PageClaims {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #recordsPrefix: string;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #leaseMs: number;

  constructor(options: ObjectStorePageClaimsOptions) {
    this.#store = options.store;
    this.#keys = options.keys;
    this.#recordsPrefix = options.recordsPrefix;
    this.#clock = options.clock;
    this.#journal = options.journal;
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
    // It changes so fast because others claim it.
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
      triedAt: momentOf(this.#clock),
    };
    // Most pages that are claimed never were before.
    return (await this.#take(candidate, undefined)) ?? this.#waitFor(candidate, signal);
  }

  async #waitFor(candidate: Candidate, signal: AbortSignal): Promise<Claim | undefined> {
    const watch = new RivalWatch(this.#clock, this.#leaseMs);
    for (let lookMs = LOOK_MS.first; ; lookMs = Math.min(LOOK_MS.most, lookMs * 2)) {
      const askedAt = this.#clock.monotonic();
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
      await unlessAborted(signal, () => this.#clock.sleep(lookMs + jitterMs));
    }
  }

  /** `undefined` where another was quicker. */
  async #take(candidate: Candidate, found: FoundNote | undefined): Promise<Claim | undefined> {
    const claim = { holder: candidate.holder, renewals: 0 };
    const note = claimed(found?.note ?? BLANK, claim, candidate.datedKey);
    candidate.triedAt = momentOf(this.#clock);
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
      clock: this.#clock,
      journal: this.#journal,
      leaseMs: this.#leaseMs,
      writtenAt: triedAt,
    });
    void lease.keep();
    return lease;
  }

  #fileOf(request: PageRequest): NoteFile {
    const key = `${this.#recordsPrefix}/pages/${this.#keys.pageName(request.key)}.json`;
    return new NoteFile({ store: this.#store, key, request, journal: this.#journal });
  }
}

/** Its own write was done, and only the answer lost. */
function isHeldBy({ holder }: Candidate, { note }: FoundNote): boolean {
  return note.claim?.holder === holder;
}

/** Waits for the work, or for the signal, whichever comes first. */
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
