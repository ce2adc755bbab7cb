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
