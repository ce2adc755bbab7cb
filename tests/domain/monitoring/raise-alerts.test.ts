import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { MemoryJournal } from '../../../src/adapters/journal/memory.ts';
import type { TodaysUsage } from '../../../src/domain/budget/todays-budget.ts';
import type { ChainedModel } from '../../../src/domain/generation/image-generator.ts';
import type { Alert, Alerts } from '../../../src/domain/monitoring/alerts.ts';
import type { CafeEvent } from '../../../src/domain/monitoring/journal.ts';
import { RaiseAlerts } from '../../../src/domain/monitoring/raise-alerts.ts';

const HOUR = 3_600_000;
const MORNING = Date.parse('2026-11-21T09:12:00Z');
const about = { page: { type: 'article', path: '/posts/a' }, country: 'FR' } as const;
const OVER: CafeEvent = {
  ...about,
  event: 'fallback_chosen',
  reason: 'budget_exhausted',
  key: 'k',
};
const SPENT: TodaysUsage = {
  day: '2026/11/21',
  isPaused: false,
  limit: 15,
  used: 15,
  reserved: 0,
  left: 0,
  costMicroUsd: 510_000,
  limitMicroUsd: undefined,
  isOpening: false,
};

/** An owner who takes alerts, unless told otherwise. */
class Owner implements Alerts {
  readonly got: Alert[] = [];
  refuses = false;

  async send(alert: Alert): Promise<void> {
    if (this.refuses) throw new Error('not now');
    this.got.push(alert);
  }

  close(): void {}
}

function open(
  options: { at?: number; use?: TodaysUsage | Error; models?: readonly ChainedModel[] } = {},
) {
  const { at = MORNING, use = SPENT, models = [] } = options;
  const [clock, owner, journal] = [new ManualClock(at), new Owner(), new MemoryJournal()];
  const budget = {
    read: async () => {
      if (use instanceof Error) throw use;
      return use;
    },
  };
  const raise = new RaiseAlerts({ alerts: owner, budget, models: () => models, clock, journal });
  const kinds = async () => {
    await raise.close();
    return owner.got.map(({ kind }) => kind);
  };
  return { raise, clock, owner, journal, kinds };
}

function failed(reason: string): CafeEvent {
  const cost = { durationMs: 1, costMicroUsd: 0 };
  const what = { event: 'generation_failed', model: 'm', billing: 'refused' } as const;
  return { ...about, ...what, ...cost, reason, cause: undefined };
}

describe('an alert', () => {
  it('comes when the budget is spent before noon, once', async () => {
    const { raise, owner, journal, kinds } = open();
    for (let n = 0; n < 5; n += 1) raise.record(OVER);
    expect(await kinds()).toEqual(['budget_spent_early']);
    expect(owner.got[0]).toEqual({
      kind: 'budget_spent_early',
      text: expect.stringMatching(/spent at 09:12 UTC: 15 of 15 pictures, \$0\.51 today/),
      details: { pictures: 15, limit: 15, dollars: 0.51 },
    });
    expect(journal.events).toEqual([{ event: 'alert_sent', alert: 'budget_spent_early' }]);
  });

  it('comes where the spent budget leaves a page without any picture, too', async () => {
    const { raise, kinds } = open();
    raise.record({ ...about, event: 'page_failed', code: 'no_image_available', cause: undefined });
    expect(await kinds()).toEqual(['budget_spent_early']);
  });

  it('does not come where a page has no picture for another reason', async () => {
    const { raise, kinds } = open({ use: { ...SPENT, used: 3, left: 12 } });
    raise.record({ ...about, event: 'page_failed', code: 'no_image_available', cause: undefined });
    expect(await kinds()).toEqual([]);
  });

  it("comes where another limit than the day's pictures is met", async () => {
    const { raise, kinds } = open({ use: { ...SPENT, used: 3, left: 12 } });
    raise.record(OVER);
    expect(await kinds()).toEqual(['budget_spent_early']);
  });

  it('does not come where readers wait for more of the day to open, until all of it is used', async () => {
    const use = { ...SPENT, used: 3, left: 12, isOpening: true };
    const { raise, kinds } = open({ use });
    raise.record(OVER);
    expect(await kinds()).toEqual([]);
    Object.assign(use, { used: 15, left: 0 });
    raise.record(OVER);
    expect(await kinds()).toEqual(['budget_spent_early']);
  });

  it('comes again on another day', async () => {
    const { raise, clock, kinds } = open();
    raise.record(OVER);
    clock.jump(24 * HOUR);
    raise.record(OVER);
    expect(await kinds()).toHaveLength(2);
  });

  it.each([
    ['in the afternoon', { at: MORNING + 3 * HOUR }],
    ['while all is paused', { use: { ...SPENT, isPaused: true } }],
    ['without any budget', { use: { ...SPENT, limit: 0 } }],
  ])('does not come for a spent budget %s', async (_, options) => {
    const { raise, kinds } = open(options);
    raise.record(OVER);
    expect(await kinds()).toEqual([]);
  });

  it('comes once a pause has ended and the budget is spent', async () => {
    const use = { ...SPENT, isPaused: true };
    const { raise, kinds } = open({ use });
    raise.record(OVER);
    await kinds();
    use.isPaused = false;
    raise.record(OVER);
    expect(await kinds()).toEqual(['budget_spent_early']);
  });

  it.each(['credentials_refused', 'access_refused', 'quota_exhausted', 'model_unavailable'])(
    'comes when the generator says %s',
    async (reason) => {
      const { raise, owner, kinds } = open({ at: MORNING + 10 * HOUR });
      raise.record(failed(reason));
      raise.record(failed(reason));
      expect(await kinds()).toEqual(['generator_refused']);
      expect(owner.got[0]?.details).toEqual({ model: 'm', reason });
    },
  );

  it('comes when two answers in a row are of no use for the same reason', async () => {
    const { raise, owner, kinds } = open({ at: MORNING + 10 * HOUR });
    raise.record(failed('no_picture'));
    raise.record(failed('not_a_png'));
    raise.record(failed('no_picture'));
    const generated = { ...about, event: 'picture_generated', key: 'k', model: 'm' } as const;
    raise.record({ ...generated, durationMs: 1, costMicroUsd: 1 });
    raise.record(failed('no_picture'));
    expect(await kinds()).toEqual([]);
    raise.record(failed('no_picture'));
    raise.record(failed('no_picture'));
    expect(await kinds()).toEqual(['generator_useless']);
    expect(owner.got[0]).toMatchObject({
      text: expect.stringContaining('(no_picture)'),
      details: { model: 'm', reason: 'no_picture' },
    });
  });

  it.each(['moderation_blocked', 'deadline', 'rate_limited'])(
    'does not come for %s, which passes',
    async (reason) => {
      const { raise, kinds } = open();
      raise.record(failed(reason));
      raise.record({ ...OVER, reason: 'upstream_failed' } as CafeEvent);
      expect(await kinds()).toEqual([]);
    },
  );

  it.each([
    ['2026-11-29', 0],
    ['2026-11-28', 1],
    ['2026-11-22', 1],
    ['2026-11-21', 0],
    ['2026-11-20', 0],
  ])('on 2026-11-21, of a model that ends on %s: %i', async (endsOn, times) => {
    const models = [{ name: 'old-model', endsOn, state: 'first' as const }];
    const { raise, kinds } = open({ at: Date.parse('2026-11-21T00:00:00Z'), models });
    raise.checkCalendar();
    raise.checkCalendar();
    expect(await kinds()).toEqual(Array.from({ length: times }, () => 'model_retiring'));
  });

  it('comes a week and a day before the end of each model, once each', async () => {
    const models = [
      { name: 'old-model', endsOn: '2026-12-01', state: 'first' as const },
      { name: 'older-model', endsOn: '2026-11-25', state: 'next' as const },
      { name: 'new-model', endsOn: undefined, state: 'next' as const },
    ];
    const { raise, clock, owner, kinds } = open({ at: Date.parse('2026-11-10'), models });
    for (let hours = 0; hours < 24 * 30; hours += 1) {
      raise.checkCalendar();
      clock.jump(HOUR);
    }
    await kinds();
    expect(owner.got.map(({ details }) => [details.model, details.days])).toEqual([
      ['older-model', 7],
      ['old-model', 7],
      ['older-model', 1],
      ['old-model', 1],
    ]);
  });

  it('says how long the model has, and which one follows', async () => {
    const models = [
      { name: 'old-model', endsOn: '2026-12-01', state: 'first' as const },
      { name: 'refused-model', endsOn: undefined, state: 'refused' as const },
      { name: 'new-model', endsOn: '2027-12-01', state: 'next' as const },
    ];
    const { raise, owner, kinds } = open({ at: Date.parse('2026-11-27'), models });
    raise.checkCalendar();
    await kinds();
    expect(owner.got[0]?.text).toContain('old-model will be shut down on 2026-12-01, in 4 days');
    expect(owner.got[0]?.text).toContain('new-model replaces it automatically');
  });

  it('says where no model follows', async () => {
    const models = [{ name: 'old-model', endsOn: '2026-12-01', state: 'first' as const }];
    const { raise, owner, kinds } = open({ at: Date.parse('2026-11-30T12:00Z'), models });
    raise.checkCalendar();
    await kinds();
    expect(owner.got[0]?.text).toMatch(/in one day\. No model replaces it.*OPENAI_IMAGE_MODEL/);
  });

  it('of an end that does not get through goes again an hour later', async () => {
    const models = [{ name: 'old-model', endsOn: '2026-12-01', state: 'first' as const }];
    const { raise, owner, clock, kinds } = open({ at: Date.parse('2026-11-27'), models });
    owner.refuses = true;
    raise.checkCalendar();
    await kinds();
    owner.refuses = false;
    clock.jump(HOUR);
    raise.checkCalendar();
    expect(await kinds()).toEqual(['model_retiring']);
  });

  it('that does not get through is in the journal, and goes with what happens an hour later', async () => {
    const { raise, clock, owner, journal, kinds } = open();
    const failure = {
      event: 'alert_failed',
      alert: 'budget_spent_early',
      cause: new Error('not now'),
    };
    owner.refuses = true;
    raise.record(OVER);
    await kinds();
    owner.refuses = false;
    await clock.advance(HOUR - 1);
    raise.record(OVER);
    expect(await kinds()).toEqual([]);
    await clock.advance(1);
    raise.record(OVER);
    raise.record(OVER);
    expect(await kinds()).toEqual(['budget_spent_early']);
    expect(journal.events).toEqual([failure, { event: 'alert_sent', alert: 'budget_spent_early' }]);
  });

  it('about a budget that cannot be read is in the journal', async () => {
    const { raise, journal, kinds } = open({ use: new Error('down') });
    raise.record(OVER);
    await kinds();
    expect(journal.events).toMatchObject([{ event: 'alert_failed' }]);
  });
});
