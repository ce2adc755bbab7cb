import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RateLimitedJournal } from '../../src/adapters/journal/forwarding.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import type { CafeEvent } from '../../src/domain/monitoring/journal.ts';

const about = { page: { type: 'article', path: '/posts/a' }, country: 'FR' } as const;
const failed: CafeEvent = {
  ...about,
  event: 'page_failed',
  code: 'storage_unavailable',
  cause: undefined,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const journal = new MemoryJournal();
  const limited = new RateLimitedJournal(journal, { maxEvents: 2, periodMs: 1000 });
  return { limited, recorded: () => journal.events.map(({ event }) => event) };
}

it('records so many events of a kind in a period, and how many it left out', () => {
  const journal = new MemoryJournal();
  const limited = new RateLimitedJournal(journal, { maxEvents: 2, periodMs: 1000 });
  for (let n = 0; n < 5; n += 1) limited.record(failed);
  expect(journal.events).toEqual([failed, failed]);
  vi.advanceTimersByTime(1000);
  expect(journal.events.at(-1)).toMatchObject({
    event: 'notice',
    details: { kind: 'page_failed storage_unavailable', leftOut: 3 },
  });
});

it('begins anew with each period', () => {
  const { limited, recorded } = open();
  limited.record(failed);
  limited.record(failed);
  vi.advanceTimersByTime(1000);
  limited.record(failed);
  expect(recorded()).toEqual(['page_failed', 'page_failed', 'page_failed']);
});

it('counts each reason by itself', () => {
  const { limited, recorded } = open();
  for (const code of ['storage_unavailable', 'overloaded', 'internal'] as const) {
    limited.record({ ...failed, code });
    limited.record({ ...failed, code });
  }
  expect(recorded()).toHaveLength(6);
});

it('records every purchase', () => {
  const { limited, recorded } = open();
  const bought = { event: 'picture_generated', key: 'k', model: 'm' } as const;
  for (let n = 0; n < 50; n += 1) {
    limited.record({ ...about, ...bought, durationMs: 1, costMicroUsd: 2 });
  }
  expect(recorded()).toHaveLength(50);
});
