import type { Level, Logger } from 'pino';
import type { CafeEvent, Journal } from '../../domain/ports/journal.ts';

/** How loud each event is; a `warn` is something the owner may want to act on. */
const LEVELS: Readonly<Record<Exclude<CafeEvent['event'], 'notice'>, Level>> = {
  picture_generated: 'info',
  generation_failed: 'warn',
  fallback_chosen: 'info',
  page_placing_failed: 'warn',
  storing_failed: 'warn',
  held_picture_stored: 'info',
  held_picture_lost: 'error',
  spool_failed: 'warn',
  page_repaired: 'info',
  page_healed: 'info',
  page_healing_failed: 'warn',
  page_failed: 'warn',
  page_vanished: 'info',
  page_check_failed: 'warn',
  pool_listing_failed: 'warn',
  settling_failed: 'warn',
  claim_failed: 'warn',
  admin_signed_in: 'info',
  admin_signed_out: 'info',
  admin_refused: 'warn',
};

/** Writes each event as a log line. */
export class PinoJournal implements Journal {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  record(event: CafeEvent): void {
    if (event.event === 'notice') {
      this.#logger.warn(event.details, event.message);
      return;
    }
    const { event: name, ...details } = event;
    const level = name === 'page_failed' && event.code === 'internal' ? 'error' : LEVELS[name];
    this.#logger[level](details, name.replaceAll('_', ' '));
  }
}
