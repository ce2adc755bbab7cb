import type { CafeEvent, Journal } from '../../domain/monitoring/journal.ts';

/** Keeps all events in memory, without a limit. For tests. */
export class MemoryJournal implements Journal {
  readonly events: CafeEvent[] = [];

  record(event: CafeEvent): void {
    this.events.push(event);
  }
}
