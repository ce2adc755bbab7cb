import type { Level, Logger } from 'pino';
import type { AdminRefusal, CafeEvent, Journal } from '../../domain/monitoring/journal.ts';

/** The log level of each event. The owner may want to act on a `warn`. */
const LEVELS: Readonly<Record<Exclude<CafeEvent['event'], 'notice'>, Level>> = {
  picture_generated: 'info',
  generation_failed: 'warn',
  picture_awaits_review: 'info',
  fallback_chosen: 'info',
  purchase_refused: 'info',
  page_list_failed: 'warn',
  page_placing_failed: 'warn',
  storing_failed: 'warn',
  renditions_failed: 'warn',
  held_picture_stored: 'info',
  held_picture_lost: 'error',
  spool_failed: 'warn',
  page_repaired: 'info',
  page_healed: 'info',
  page_healing_failed: 'warn',
  page_failed: 'warn',
  page_vanished: 'info',
  page_check_failed: 'warn',
  copy_check_failed: 'warn',
  pool_listing_failed: 'warn',
  settling_failed: 'warn',
  claim_failed: 'warn',
  alert_sent: 'info',
  alert_failed: 'warn',
  admin_signed_in: 'info',
  admin_signed_out: 'info',
  admin_refused: 'warn',
};

/** Logged at `info`, because a request without a session is normal. */
const USUAL: ReadonlySet<AdminRefusal> = new Set(['no_session', 'session_expired']);

/** Messages of events whose name is unclear. The field `event` keeps the name. */
const MESSAGES: Readonly<Partial<Record<CafeEvent['event'], string>>> = {
  held_picture_stored: 'unstored picture stored',
  held_picture_lost: 'unstored picture lost',
  spool_failed: 'folder for unstored pictures failed',
  page_healed: 'fallback replaced',
  page_healing_failed: 'fallback replacement failed',
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
    const message = MESSAGES[event.event] ?? event.event.replaceAll('_', ' ');
    this.#logger[levelOf(event)](event, message);
  }
}

function levelOf(event: Exclude<CafeEvent, { event: 'notice' }>): Level {
  if (event.event === 'page_failed' && event.code === 'internal') return 'error';
  if (event.event === 'admin_refused' && USUAL.has(event.reason)) return 'info';
  return LEVELS[event.event];
}
