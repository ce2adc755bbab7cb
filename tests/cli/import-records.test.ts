import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { ObjectStoreGenerationHistory } from '../../src/adapters/generation-history/object-store.ts';
import { PostgresGenerationHistory } from '../../src/adapters/generation-history/postgres.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { ObjectStorePageClaims } from '../../src/adapters/page-claims/object-store.ts';
import { PostgresPageClaims } from '../../src/adapters/page-claims/postgres.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { importFromStore } from '../../src/cli/database/import-records.ts';
import type { BudgetLedger } from '../../src/domain/budget/budget-ledger.ts';
import type { GenerationOutcome } from '../../src/domain/budget/generation-record.ts';
import { countryByCode } from '../../src/domain/countries/country.ts';
import { DAY_MS, type Day, dayAt } from '../../src/domain/kernel/day.ts';
import { draft, NOON } from '../contracts/budget-ledger.contract.ts';
import { requestFor } from '../contracts/page-claims.contract.ts';
import { budgetOverRecords, budgetOverSql } from '../support/open-budget.ts';

const TODAY: Day = '2026/11/21';
const JSON_LABEL = { contentType: 'application/json' };
const recordsPrefix = 'records';
const spent = { state: 'spent', model: 'n', costMicroUsd: 5_000, durationMs: 9 } as const;
const refused = { state: 'refused', reason: 'moderation_blocked', durationMs: 5 } as const;
const unknown = { state: 'unknown', reason: 'reset', durationMs: 5 } as const;
const openSql = budgetOverSql();

/** A cafe on a store that moves to a database. */
async function openBoth() {
  const before = budgetOverRecords({ at: NOON });
  const after = await openSql({ at: NOON, store: before.store });
  const { store, keys, clock } = before;
  const database = after.database as Database;
  const notice = vi.fn();
  const run = () => importFromStore({ database, store, recordsPrefix, notice });
  const histories = [
    new ObjectStoreGenerationHistory({ store, keys, recordsPrefix }),
    new PostgresGenerationHistory({ database, store, keys, recordsPrefix }),
  ] as const;
  return { before, after, store, keys, clock, database, notice, run, histories };
}

async function generate(
  ledger: BudgetLedger,
  clock: ManualClock,
  outcome?: GenerationOutcome,
): Promise<string> {
  await clock.advance(1000);
  const asked = draft({ day: dayAt(clock.now()) });
  const reservation = await ledger.reserve(asked);
  if (outcome) await reservation?.settle(outcome);
  return asked.id;
}

async function grantedOf(ledger: BudgetLedger, count: number): Promise<number> {
  const asked = Array.from({ length: count }, () => ledger.reserve(draft()));
  return (await Promise.all(asked)).filter((each) => each !== undefined).length;
}

describe('the records of a store', () => {
  it('are the same history in the database, of open days and of folded ones', async () => {
    const { before, store, keys, clock, run, histories } = await openBoth();
    const ledger = before.start({ dailyLimit: 9 });
    for (let day = 0; day < 3; day += 1) {
      for (const outcome of [
        spent,
        refused,
        unknown,
        { ...spent, tokens: { input: 1, output: 2 } },
      ]) {
        const id = await generate(ledger, clock, outcome);
        const image = { day: dayAt(clock.now()), id, country: countryByCode('FR') };
        if (outcome.state === 'spent') {
          await store.put(keys.dated(image), Buffer.from('x'), { contentType: 'image/png' });
        }
      }
      if (day < 2) await clock.advance(DAY_MS);
      await ledger.finished();
    }
    await generate(ledger, clock);
    await ledger.finished();
    const { days, generations, malformed } = await run();
    expect({ days, generations, malformed }).toEqual({ days: 3, generations: 13, malformed: 0 });
    const today = dayAt(clock.now());
    const [old, now] = histories;
    const expected = await Array.fromAsync(old.entries(today));
    expect(expected).toHaveLength(13);
    expect(await Array.fromAsync(now.entries(today))).toEqual(expected);
    expect(await now.spending('2026/01/01', today)).toEqual(
      await old.spending('2026/01/01', today),
    );
    expect(await now.usage(today, 7)).toEqual(await old.usage(today, 7));
  });

  it('can be imported again, also while the service that writes them still runs', async () => {
    const { before, run, histories } = await openBoth();
    const ledger = before.start({ dailyLimit: 9 });
    const [one, two] = [await ledger.reserve(draft()), await ledger.reserve(draft())];
    expect(await run()).toMatchObject({ generations: 2 });
    expect(await run()).toMatchObject({ generations: 0 });
    await one?.settle(spent);
    await two?.settle(refused);
    await ledger.reserve(draft());
    expect(await run()).toMatchObject({ generations: 3 });
    expect(await run()).toMatchObject({ generations: 0 });
    const [old, now] = histories;
    expect(await now.usage(TODAY, 7)).toEqual(await old.usage(TODAY, 7));
  });

  it('say how a call ended that the database had given up', async () => {
    const { before, after, run, histories } = await openBoth();
    const reservation = await before.start({ dailyLimit: 9 }).reserve(draft());
    await run();
    after.clock.jump(2 * DAY_MS);
    const ledger = after.start({ dailyLimit: 9 });
    await ledger.reserve(draft({ day: '2026/11/23' }));
    await ledger.finished();
    const [, now] = histories;
    const ended = async () => (await Array.fromAsync(now.entries(TODAY)))[0];
    expect(await ended()).toMatchObject({ state: 'unknown', record: { reason: 'never_settled' } });
    await reservation?.settle(spent);
    await run();
    expect(await ended()).toMatchObject({ state: 'spent', costMicroUsd: 5_000 });
    expect((await ended())?.record?.reason).toBeUndefined();
    expect(await now.spending(TODAY, TODAY)).toMatchObject([{ pictures: 1, costMicroUsd: 5_000 }]);
  });

  it('keep the budget of today right while a cafe moves', async () => {
    const { before, after, run } = await openBoth();
    const old = before.start({ dailyLimit: 9 });
    const first = await old.reserve(draft());
    await first?.settle(spent);
    await old.reserve(draft());
    await run();
    const ledger = after.start({ dailyLimit: 6 });
    expect(await grantedOf(ledger, 2)).toBe(2);
    await old.reserve(draft());
    await after.settleListing(TODAY);
    expect(await grantedOf(ledger, 5)).toBe(1);
    await run();
    expect(await grantedOf(after.start({ dailyLimit: 7 }), 5)).toBe(1);
  });

  it('count what their keys say where they are malformed, and are reported', async () => {
    const { store, run, notice, histories } = await openBoth();
    const id = randomUUID();
    const put = (key: string, text: string) =>
      store.put(`records/${TODAY}${key}`, Buffer.from(text), JSON_LABEL);
    await put(`/${id}-france.spent.7000.json`, '{"broken');
    await put('/not-an-id.spent.7000.json', '{"id":"x","state":"spent","costMicroUsd":7000}');
    await store.put('records/2026/10/01.3.9.json', Buffer.from('[]'), JSON_LABEL);
    const record = { id: randomUUID(), state: 'unknown', costMicroUsd: 5, page: 'x', prompt: 7 };
    await put(`/${record.id}.unknown.5.json`, JSON.stringify({ ...record, country: 'ZZ' }));
    expect(await run()).toMatchObject({ generations: 2, malformed: 3 });
    expect(notice).toHaveBeenCalledTimes(2);
    const [, now] = histories;
    const entries = await Array.fromAsync(now.entries(TODAY));
    expect(entries).toHaveLength(2);
    expect(entries.find(({ picture }) => picture.id === id)).toMatchObject({
      state: 'spent',
      costMicroUsd: 7_000,
      record: { page: null, country: 'FR', model: 'unknown' },
    });
    expect(await now.spending(TODAY, TODAY)).toMatchObject([{ pictures: 2, costMicroUsd: 7_005 }]);
  });
});

describe('the notes of pages in a store', () => {
  const forever = new AbortController().signal;

  async function openClaims() {
    const it = await openBoth();
    const { store, keys, database } = it;
    const common = { keys, clock: new ManualClock(NOON), journal: new MemoryJournal() };
    return {
      ...it,
      old: new ObjectStorePageClaims({ ...common, store, recordsPrefix }),
      now: new PostgresPageClaims({ ...common, database }),
    };
  }

  it('are known in the database, without the claims of a service that still runs', async () => {
    const { old, now, run, keys } = await openClaims();
    const made = requestFor('/posts/made');
    const held = requestFor('/posts/held');
    await old.noteShown(made, randomUUID());
    const key = keys.dated({ day: TODAY, id: randomUUID(), country: undefined });
    await old.claim(held, key, forever);
    expect(await run()).toMatchObject({ pages: 2, malformed: 0 });
    expect(await now.recall(made)).toEqual(await old.recall(made));
    expect(await now.recall(held)).toEqual({ making: [key] });
    const other = keys.dated({ day: TODAY, id: randomUUID(), country: undefined });
    const claim = await now.claim(held, other, forever);
    expect(claim?.history.making).toEqual([key]);
  });

  it('can be imported again, and change no row that the service has changed', async () => {
    const { old, now, run, store } = await openClaims();
    const [one, two] = [requestFor('/posts/one'), requestFor('/posts/two')];
    const ids = Array.from({ length: 4 }, () => randomUUID()) as [string, string, string, string];
    await old.noteShown(one, ids[0]);
    await old.noteShown(two, ids[1]);
    await run();
    expect(await run()).toMatchObject({ pages: 0 });
    await now.noteShown(one, ids[2]);
    await old.noteShown(one, ids[3]);
    await old.noteShown(two, ids[3]);
    await store.put('records/pages/article/x-france.json', Buffer.from('{'), JSON_LABEL);
    for (const path of ['/\0', '/\ud800', '/\\u0000']) {
      const note = JSON.stringify({ page: { type: 'article', path }, country: null, making: [] });
      const key = `records/pages/article/${randomUUID()}.json`;
      await store.put(key, Buffer.from(note), JSON_LABEL);
    }
    expect(await run()).toMatchObject({ pages: 2, malformed: 3 });
    expect(await now.recall(one)).toEqual({ shown: ids[2] });
    expect(await now.recall(two)).toEqual({ shown: ids[3] });
  });

  it('are not lost if they are imported again while the service changes the row', async () => {
    const { old, run, keys, database } = await openClaims();
    const page = requestFor('/posts/a');
    const key = keys.dated({ day: TODAY, id: randomUUID(), country: undefined });
    const [first, shown] = [randomUUID(), randomUUID()];
    await old.noteShown(page, first);
    await run();
    let calls = 0;
    const slow: Pick<Database, 'run'> = {
      run: async (work) => {
        calls += 1;
        // Between the reading and the writing.
        if (calls === 2) {
          await old.claim(page, key, forever);
          await run();
        }
        return database.run(work);
      },
    };
    const common = { keys, clock: new ManualClock(NOON), journal: new MemoryJournal() };
    const now = new PostgresPageClaims({ ...common, database: slow });
    expect(await now.noteShown(page, shown)).toBe(true);
    expect(await now.recall(page)).toEqual({ shown, making: [key] });
  });
});

describe("the owner's instructions in a store", () => {
  it('hold in the database, until they are changed there', async () => {
    const { before, after, run } = await openBoth();
    expect(await run()).toMatchObject({ hasInstructions: false });
    const told = { paused: true, budget: { day: TODAY, pictures: 4 } };
    await before.control.change(() => told);
    expect(await run()).toMatchObject({ hasInstructions: true });
    expect(await run()).toMatchObject({ hasInstructions: false });
    expect(await after.control.read()).toEqual(told);
    expect(await grantedOf(after.start({ dailyLimit: 9 }), 2)).toBe(0);
    await after.control.change((state) => ({ ...state, paused: false }));
    await run();
    expect(await after.control.read()).toMatchObject({ paused: false });
    expect(await grantedOf(after.start({ dailyLimit: 9 }), 9)).toBe(4);
  });

  it('stop the import where they are malformed, before anything is written', async () => {
    const { before, store, run, histories } = await openBoth();
    await before.start({ dailyLimit: 9 }).reserve(draft());
    await store.put('records/control.json', Buffer.from('{"paused":1}'), JSON_LABEL);
    await expect(run()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await histories[1].spending(TODAY, TODAY)).toEqual([]);
  });
});
