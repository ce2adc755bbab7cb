import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { PageRequest } from '../../domain/pages/page.ts';
import type { Claim, PageClaims, PageHistory } from '../../domain/pages/page-claims.ts';
import { failureOfAnother } from './failure-words.ts';
import { Lease, type Moment, momentOf } from './lease.ts';
import { BLANK, claimed, type FoundNote, historyOf, type StoredNote } from './page-note.ts';
import { RivalWatch } from './rival-watch.ts';

/** Milliseconds between two reads of a note that another replica holds: at first, and at most. */
const POLL_MS = { first: 250, max: 1000 };
/** Maximum deviation in milliseconds, so that replicas do not poll in step. */
const JITTER_MS = 100;
/** Attempts to write a page's history. An attempt fails if the history changes after the read. */
const NOTING_TRIES = 3;

export interface NotedPageClaimsOptions {
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
  stored: StoredNote;
  /** When the last attempt started. */
  triedAt: Moment;
}

/**
 * Stores claims as notes, one per page and country. A note is only deleted if the page's first claim ended
 * without an image.
 *
 * To claim a page, a replica writes the note with a conditional write, so only one of several concurrent
 * writes succeeds. The others poll the note. Replicas need no common clock, because no timestamps of the
 * store or of other replicas are compared.
 */
export class NotedPageClaims implements PageClaims {
  readonly #options: NotedPageClaimsOptions;
  readonly #noteOf: (request: PageRequest) => StoredNote;
  readonly #leaseMs: number;

  constructor(options: NotedPageClaimsOptions, noteOf: (request: PageRequest) => StoredNote) {
    this.#options = options;
    this.#noteOf = noteOf;
    this.#leaseMs = options.leaseMs ?? 15_000;
  }

  async recall(request: PageRequest): Promise<PageHistory> {
    const found = await this.#noteOf(request).read();
    return historyOf(found?.note ?? BLANK);
  }

  async noteShown(request: PageRequest, shown: string): Promise<boolean> {
    const stored = this.#noteOf(request);
    for (let tries = 0; tries < NOTING_TRIES; tries += 1) {
      const found = await stored.read();
      const note = found?.note ?? BLANK;
      if (note.claim) return false;
      if (note.shown === shown || (await stored.write({ ...note, shown }, found?.version)))
        return true;
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
      stored: this.#noteOf(request),
      triedAt: momentOf(this.#options.clock),
    };
    // Most pages were never claimed before, so try to write without reading first.
    return (await this.#take(candidate, undefined)) ?? this.#waitFor(candidate, signal);
  }

  async #waitFor(candidate: Candidate, signal: AbortSignal): Promise<Claim | undefined> {
    const watch = new RivalWatch(this.#options.clock, this.#leaseMs);
    for (let pollMs = POLL_MS.first; ; pollMs = Math.min(POLL_MS.max, pollMs * 2)) {
      const askedAt = this.#options.clock.monotonic();
      const found = await unlessAborted(signal, () => candidate.stored.read());
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
    const version = await candidate.stored.write(note, found?.version);
    return version === undefined ? undefined : this.#hold(candidate, { note, version }, !found);
  }

  #hold(candidate: Candidate, found: FoundNote, isFirst: boolean): Claim {
    const { request, datedKey, holder, stored, triedAt } = candidate;
    const lease = new Lease(found, {
      isFirst,
      history: historyOf(found.note, datedKey),
      holder,
      pageKey: request.key,
      stored,
      clock: this.#options.clock,
      journal: this.#options.journal,
      leaseMs: this.#leaseMs,
      writtenAt: triedAt,
    });
    void lease.keep();
    return lease;
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
