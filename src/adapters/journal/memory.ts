import type { CafeEvent, Journal } from '../../domain/monitoring/journal.ts';

/** Keeps what happened, to be read. It grows without bound. */
export class MemoryJournal implements Journal {
  readonly events: CafeEvent[] = [];

  record(event: CafeEvent): void {
    this.events.push(event);
  }
}
