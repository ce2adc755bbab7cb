import { describe, expect, it } from 'vitest';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import type { CafeEvent, Journal } from '../../src/domain/monitoring/journal.ts';

export interface JournalUnderTest {
  journal: Journal;
  /** What it has taken down so far, as text, one entry each. */
  entries(): string[];
}

const about = { page: { type: 'article', path: '/posts/a' }, country: 'FR' } as const;
const cause = new CafeError('storage_unavailable', 'down', { cause: new Error('reset') });

/** One of each kind. */
const EVENTS: { [E in CafeEvent as E['event']]: E } = {
  picture_generated: {
    ...about,
    event: 'picture_generated',
    key: 'k',
    model: 'm',
    durationMs: 1,
    costMicroUsd: 2,
  },
  generation_failed: {
    ...about,
    event: 'generation_failed',
    model: 'm',
    reason: 'connection_lost',
    billing: 'unknown',
    durationMs: 1,
    costMicroUsd: 2,
    cause,
  },
  picture_awaits_review: { ...about, event: 'picture_awaits_review', key: 'k' },
  fallback_chosen: { ...about, event: 'fallback_chosen', reason: 'budget_exhausted', key: 'k' },
  purchase_refused: { ...about, event: 'purchase_refused', reason: 'bot' },
  page_list_failed: { event: 'page_list_failed', known: 3, cause },
  page_placing_failed: { ...about, event: 'page_placing_failed', key: 'k', cause },
  storing_failed: { ...about, event: 'storing_failed', cause },
  renditions_failed: { event: 'renditions_failed', key: 'k', cause },
  held_picture_stored: { event: 'held_picture_stored', key: 'k' },
  held_picture_lost: { event: 'held_picture_lost', key: 'k', cause },
  spool_failed: { event: 'spool_failed', cause },
  page_healed: { ...about, event: 'page_healed', key: 'k' },
  page_healing_failed: { ...about, event: 'page_healing_failed', key: 'k', cause },
  page_repaired: { ...about, event: 'page_repaired', key: 'k' },
  page_failed: { ...about, event: 'page_failed', code: 'internal', cause },
  page_vanished: { event: 'page_vanished', key: 'k' },
  page_check_failed: { event: 'page_check_failed', key: 'k', cause },
  copy_check_failed: { event: 'copy_check_failed', key: 'k', cause },
  pool_listing_failed: { event: 'pool_listing_failed', known: 3, cause },
  settling_failed: { event: 'settling_failed', id: 'i', cause },
  claim_failed: { event: 'claim_failed', key: 'k', cause },
  alert_sent: { event: 'alert_sent', alert: 'budget_spent_early' },
  alert_failed: { event: 'alert_failed', alert: 'generator_refused', cause },
  admin_signed_in: { event: 'admin_signed_in' },
  admin_signed_out: { event: 'admin_signed_out' },
  admin_refused: {
    event: 'admin_refused',
    reason: 'wrong_token',
    method: 'POST',
    route: '/api/admin/session',
  },
  notice: { event: 'notice', message: 'the model is retired', details: { model: 'm' } },
};

/** What every journal must do; see the port. */
export function journalContract(name: string, open: () => JournalUnderTest): void {
  describe(`${name} as a journal`, () => {
    it('takes every event down, in order', () => {
      const { journal, entries } = open();
      const events = Object.values(EVENTS);
      for (const event of events) journal.record(event);
      expect(entries()).toHaveLength(events.length);
      for (const [n, event] of events.entries()) {
        const words = event.event === 'notice' ? event.message : event.event.replaceAll('_', '.');
        expect(entries()[n]).toMatch(new RegExp(words));
      }
    });

    it.each([undefined, null, 'text', 7, {}, cyclic()])(
      'never throws, whatever the cause: %o',
      (odd) => {
        const { journal } = open();
        journal.record({ ...EVENTS.page_failed, cause: odd });
        journal.record({ ...EVENTS.notice, details: { odd } });
      },
    );
  });
}

function cyclic(): Error {
  const error = new Error('round and round');
  error.cause = error;
  return error;
}
