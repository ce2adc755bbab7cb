import type { CafeEvent, Journal } from '../../domain/monitoring/journal.ts';

/** Forwards events to several journals, in the order in which they were added. */
export class SeveralJournals implements Journal {
  readonly #journals: Journal[];

  constructor(...journals: Journal[]) {
    this.#journals = journals;
  }

  /** The journal receives events from now on. */
  add(journal: Journal): void {
    this.#journals.push(journal);
  }

  record(event: CafeEvent): void {
    for (const journal of this.#journals) journal.record(event);
  }
}

type Limited = Exclude<CafeEvent, { event: 'notice' }>;

/** Events about money are never dropped. The budget keeps them few. */
const UNLIMITED: ReadonlySet<Limited['event']> = new Set([
  'picture_generated',
  'generation_failed',
  'picture_awaits_review',
  'storing_failed',
  'held_picture_stored',
  'held_picture_lost',
  'settling_failed',
  'admin_signed_in',
  'admin_signed_out',
]);

/**
 * Limits the events per kind and period, so that requests cannot flood the log. At the end of a period,
 * a notice records the number of dropped events.
 */
export class RateLimitedJournal implements Journal {
  readonly #journal: Journal;
  readonly #maxEvents: number;
  readonly #periodMs: number;
  /** Events in this period, by kind. */
  readonly #counts = new Map<string, number>();

  constructor(journal: Journal, { maxEvents = 20, periodMs = 10_000 } = {}) {
    this.#journal = journal;
    this.#maxEvents = maxEvents;
    this.#periodMs = periodMs;
  }

  record(event: CafeEvent): void {
    if (event.event === 'notice' || UNLIMITED.has(event.event) || this.#mayPass(event)) {
      this.#journal.record(event);
    }
  }

  #mayPass(event: Limited): boolean {
    const kind = kindOf(event);
    if (this.#counts.size === 0) setTimeout(() => this.#endPeriod(), this.#periodMs).unref();
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count <= this.#maxEvents;
  }

  #endPeriod(): void {
    for (const [kind, count] of this.#counts) {
      const leftOut = count - this.#maxEvents;
      if (leftOut <= 0) continue;
      const details = { kind, leftOut, periodMs: this.#periodMs };
      this.#journal.record({ event: 'notice', message: 'repeated events were dropped', details });
    }
    this.#counts.clear();
  }
}

/** Codes and reasons come from fixed sets, so the number of kinds is bounded. */
function kindOf(event: Limited): string {
  if ('code' in event) return `${event.event} ${event.code}`;
  return 'reason' in event ? `${event.event} ${event.reason}` : event.event;
}
