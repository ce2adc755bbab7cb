import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { PostgresAccountSpending } from '../../src/adapters/account-spending/postgres.ts';
import { reservedRow } from '../../src/adapters/budget-ledger/postgres/reserved-row.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import {
  insertGenerations,
  lockMonth,
  settleGeneration,
} from '../../src/adapters/postgres/budget-rows.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import type { GenerationOutcome } from '../../src/domain/budget/generation-record.ts';
import { DAY_MS, type Day } from '../../src/domain/kernel/day.ts';
import { CafeError } from '../../src/domain/kernel/errors.ts';
import { FaultyDatabase } from '../support/faulty-database.ts';
import {
  budgetIn,
  budgetOverRecords,
  budgetOverSql,
  ledgerUnderTest,
  type SqlDatabase,
} from '../support/open-budget.ts';
import { budgetControlContract } from './budget-control.contract.ts';
import { budgetLedgerContract, draft, NOON, subject } from './budget-ledger.contract.ts';
import {
  type Inspect,
  NEAR_THE_END_OF_A_MONTH,
  newSeen,
  runLikeOnPaper,
} from './budget-ledger-model.contract.ts';
import { budgetReplicasContract } from './budget-ledger-replicas.contract.ts';
import { hourlyPacingContract, MIDNIGHT } from './hourly-pacing.contract.ts';

const TODAY = '2026/11/21';
const PNG = { contentType: 'image/png' };
const publicBaseUrl = 'https://pictures.example';
const spent = { state: 'spent', model: 'm', costMicroUsd: 5, durationMs: 9 } as const;
const refused = { state: 'refused', reason: 'moderation_blocked', durationMs: 5 } as const;

/** All that a budget in PostgreSQL must do, the contracts of every ledger included. */
export function budgetInSqlContract(
  where: string,
  { numRuns }: { numRuns: { pacing: number; model: number; replicas: number } },
): void {
  const openBudget = budgetOverSql();
  const name = `a budget in ${where}`;
  const openLedger = async () => openBudget({ at: NOON, isControlled: false });

  budgetLedgerContract(`rows in ${where}`, async () => ledgerUnderTest(await openLedger()));
  budgetControlContract(name, () => openBudget({ at: NOON }));
  hourlyPacingContract(name, () => openBudget({ at: MIDNIGHT }), { numRuns: numRuns.pacing });
  budgetReplicasContract(
    where,
    async (scheduler) => {
      const budget = await openBudget({ at: NOON, isControlled: false, closes: false });
      const inSomeOrder = async <T>(work: () => Promise<T>): Promise<T> => {
        await scheduler.schedule(Promise.resolve());
        const result = await work();
        await scheduler.schedule(Promise.resolve());
        return result;
      };
      const { database } = budget;
      const scheduled: SqlDatabase = {
        run: (work) => inSomeOrder(() => database.run(work)),
        transaction: (work) => inSomeOrder(() => database.transaction(work)),
      };
      return { ...budget, start: (options) => budget.start(options, scheduled) };
    },
    { numRuns: numRuns.replicas, minMet: numRuns.replicas / 20 },
  );

  /** The sums of the days of one account, or of all together. */
  async function sumsOf(database: SqlDatabase, account = '') {
    const rows = await database.run((queries) =>
      queries
        .selectFrom('budget_days')
        .selectAll()
        .where('account', '=', account)
        .orderBy('day')
        .execute(),
    );
    return rows.map(({ day, pictures, reserved, cost_micro_usd: cost }) => ({
      day,
      pictures,
      reserved,
      cost,
    }));
  }

  const rowsOf = (database: SqlDatabase) =>
    database.run((queries) => queries.selectFrom('generations').selectAll().execute());

  it(`${name} grants exactly what a budget on paper would, and its sums are right`, async () => {
    const seen = newSeen();
    const inspect: Inspect = async (paper, budget) => {
      const { database } = budget as Awaited<ReturnType<typeof openLedger>>;
      const ended = new Set(
        (await rowsOf(database))
          .filter(({ reason }) => reason === 'never_settled')
          .map(({ id }) => id),
      );
      for (const call of paper.calls) {
        if (call.state === 'open' && ended.has(call.id)) call.state = 'left';
      }
      for (const { day, pictures, cost } of await sumsOf(database)) {
        expect(`${pictures}.${cost}`).toBe(paper.totalsOf(day as Day));
      }
    };
    const open = () =>
      openBudget({
        at: NEAR_THE_END_OF_A_MONTH,
        isControlled: false,
        notice: (message, details) => {
          throw new Error(message, { cause: details.cause });
        },
      });
    await runLikeOnPaper(open, { numRuns: numRuns.model, seen, inspect });
    const { granted, denied, spent: known } = seen;
    expect(Math.min(granted, denied, known)).toBeGreaterThan(10);
  });

  it.each([
    [2, 1, 1],
    [2, 20, 5],
    [3, 20, 15],
  ])(
    `%d replicas with %d callers each that meet at the last of %d units of ${name} use them all`,
    async (replicas, callers, dailyLimit) => {
      const { start, database } = await openLedger();
      const rush = Array.from({ length: replicas }, () => {
        const ledger = start({ dailyLimit });
        return Array.from({ length: callers }, () => ledger.reserve(draft()));
      });
      const granted = (await Promise.all(rush.flat())).filter((each) => each !== undefined);
      expect(granted).toHaveLength(dailyLimit);
      expect(await rowsOf(database)).toHaveLength(dailyLimit);
    },
  );

  describe(`the rows of ${name}`, () => {
    it('tell all that is known of a generation, before and after its call', async () => {
      const { start, database, clock } = await openLedger();
      const asked = draft({ model: 'gpt-image-1.5', prompt: 'a dish' });
      const reservation = await start({ dailyLimit: 3 }).reserve(asked);
      const row = {
        id: asked.id,
        day: TODAY,
        account: '',
        state: 'reserved',
        reserved_at: new Date(NOON),
        settled_at: null,
        page_type: 'article',
        page_path: '/posts/a',
        country: 'FR',
        model: 'gpt-image-1.5',
        prompt: 'a dish',
        cost_micro_usd: 34_000,
        duration_ms: null,
        tokens_in: null,
        tokens_out: null,
        reason: null,
      };
      expect(await rowsOf(database)).toEqual([row]);
      expect(await sumsOf(database)).toEqual([
        { day: TODAY, pictures: 1, reserved: 1, cost: 34_000 },
      ]);
      await clock.advance(20_000);
      await reservation?.settle({
        state: 'spent',
        model: 'gpt-image-2',
        costMicroUsd: 32_500,
        durationMs: 20_000.4,
        tokens: { input: 100, output: 1000 },
      });
      expect(await rowsOf(database)).toEqual([
        {
          ...row,
          state: 'spent',
          settled_at: new Date(NOON + 20_000),
          model: 'gpt-image-2',
          cost_micro_usd: 32_500,
          duration_ms: 20_000,
          tokens_in: 100,
          tokens_out: 1000,
        },
      ]);
      expect(await sumsOf(database)).toEqual([
        { day: TODAY, pictures: 1, reserved: 0, cost: 32_500 },
      ]);
    });

    it('of a refused call cost nothing, and say why', async () => {
      const { start, database } = await openLedger();
      const asked = draft({ subject: subject(undefined), prompt: 'a\0b' });
      const reservation = await start({ dailyLimit: 3 }).reserve(asked);
      await reservation?.settle({ ...refused, reason: 'no\0t this' });
      const refusal = { state: 'refused', cost_micro_usd: 0, reason: 'not this', country: null };
      expect(await rowsOf(database)).toMatchObject([{ ...refusal, model: 'm', prompt: 'ab' }]);
      expect(await sumsOf(database)).toEqual([{ day: TODAY, pictures: 0, reserved: 0, cost: 0 }]);
    });

    it('have right sums, however reservations and settlements meet', async () => {
      const { start, database } = await openLedger();
      const ledgers = [
        start({ dailyLimit: 30 }),
        start({ dailyLimit: 30 }),
        start({ dailyLimit: 30 }),
      ];
      const outcomes: GenerationOutcome[] = [spent, refused, { ...refused, state: 'unknown' }];
      const calls = ledgers.flatMap((ledger) =>
        outcomes.flatMap((outcome) =>
          ([TODAY, '2026/11/22', '2026/12/01'] as Day[]).map(async (day) => {
            const reservation = await ledger.reserve(draft({ day }));
            await Promise.all([reservation?.settle(outcome), reservation?.settle(refused)]);
          }),
        ),
      );
      await Promise.all(calls);
      const sums = { pictures: 6, reserved: 0, cost: 3 * (5 + 34_000) };
      expect(await sumsOf(database)).toEqual(
        [TODAY, '2026/11/22', '2026/12/01'].map((day) => ({ day, ...sums })),
      );
    });

    it('are written for thousands of callers that wait at the same time', async () => {
      const { start, database } = await openLedger();
      const ledger = start({ dailyLimit: 4_200 });
      const asked = Array.from({ length: 4_201 }, () => ledger.reserve(draft()));
      const granted = (await Promise.all(asked)).filter((each) => each !== undefined);
      expect(granted).toHaveLength(4_200);
      expect(await sumsOf(database)).toMatchObject([{ pictures: 4_200, reserved: 4_200 }]);
    });

    it('end as unknown once their day is closed, if their process never settled them', async () => {
      const { start, database, clock } = await openLedger();
      await start({ dailyLimit: 3 }).reserve(draft());
      clock.jump(2 * DAY_MS);
      const ledger = start({ dailyLimit: 3 });
      await ledger.reserve(draft({ day: '2026/11/23' }));
      await ledger.finished();
      expect(await rowsOf(database)).toMatchObject([
        { state: 'reserved', day: '2026/11/23' },
        { state: 'unknown', reason: 'never_settled', cost_micro_usd: 34_000 },
      ]);
      expect(await sumsOf(database)).toMatchObject([
        { pictures: 1, reserved: 0, cost: 34_000 },
        { pictures: 1, reserved: 1 },
      ]);
    });

    it('D40: grant an account exactly what its limits have, over replicas and whatever others use', async () => {
      const { start, database } = await openLedger();
      const accountLimits = {
        imagesPerDay: 3,
        microUsdPerDay: undefined,
        microUsdPerMonth: 5 * 34_000,
        jobsPerHour: 1,
        concurrentJobs: 1,
      };
      const replicas = Array.from({ length: 3 }, () => start({ dailyLimit: 10, accountLimits }));
      const reserveMany = async (account: string, day: Day, count: number) => {
        const asked = replicas.flatMap((ledger) =>
          Array.from({ length: count }, () => ledger.reserve(draft({ day, account }))),
        );
        return (await Promise.all(asked)).filter((each) => each !== undefined);
      };
      const [ada, bob] = await Promise.all([
        reserveMany('ada', TODAY, 3),
        reserveMany('bob', TODAY, 3),
      ]);
      expect([ada.length, bob.length]).toEqual([3, 3]);
      // Its month has two more, and a refused one is free again.
      const next = await reserveMany('ada', '2026/11/22', 2);
      expect(next).toHaveLength(2);
      await next[0]?.settle(refused);
      expect(await reserveMany('ada', '2026/11/23', 2)).toHaveLength(1);
      expect(await reserveMany('cyd', TODAY, 3)).toHaveLength(3);
      // The whole service has ten a day, and the cafe is no account.
      const rest = await Promise.all(replicas.map((ledger) => ledger.reserve(draft())));
      expect(rest.filter((each) => each !== undefined)).toHaveLength(1);
      expect(await sumsOf(database, 'ada')).toMatchObject([
        { pictures: 3 },
        { pictures: 1 },
        { pictures: 1 },
      ]);
    });

    it('are kept for each account as well, which can read what it has used', async () => {
      const { database } = await openLedger();
      const reserve = async (account: string | undefined, day: Day) => {
        const asked = draft({ day, ...(account !== undefined && { account }) });
        await database.transaction(async (transaction) => {
          await lockMonth(transaction, day);
          const at = new Date(NOON).toISOString();
          await insertGenerations(transaction, [reservedRow(asked, at)]);
        });
        return asked;
      };
      const first = await reserve('ada', TODAY);
      await Promise.all([
        reserve('ada', '2026/11/02'),
        reserve('ada', TODAY),
        reserve('bob', TODAY),
      ]);
      await Promise.all([reserve('ada', '2026/10/31'), reserve(undefined, TODAY)]);
      const settlement = {
        id: first.id,
        reservedMicroUsd: 34_000,
        outcome: spent,
        costMicroUsd: 5,
        settledAt: new Date(NOON),
      };
      await database.run((queries) => settleGeneration(queries, settlement));
      const spending = new PostgresAccountSpending(database as Database);
      expect(await spending.ofEach(['ada', 'eve'], NOON)).toMatchObject([
        { imagesToday: 2, microUsdToday: 34_005, microUsdThisMonth: 68_005 },
        { imagesToday: 0, microUsdToday: 0, microUsdThisMonth: 0 },
      ]);
      expect(await sumsOf(database)).toMatchObject([{}, {}, { pictures: 4, cost: 3 * 34_000 + 5 }]);
      expect(await sumsOf(database, 'bob')).toMatchObject([{ pictures: 1, reserved: 1 }]);
    });
  });

  describe(`${name} whose database fails`, () => {
    async function openFaulty() {
      const { database, ...budget } = await openLedger();
      const faulty = new FaultyDatabase(database);
      const notice = vi.fn();
      const { store } = budget;
      const { start, clock } = budgetIn(faulty, { at: NOON, store, isControlled: false, notice });
      return { ...budget, database, faulty, start, clock, notice };
    }

    it('grants nothing while it is away, and recovers', async () => {
      const { start, faulty, database } = await openFaulty();
      const ledger = start({ dailyLimit: 2 });
      faulty.fault = 'away';
      for (const each of await Promise.allSettled([
        ledger.reserve(draft()),
        ledger.reserve(draft()),
      ])) {
        expect(each).toMatchObject({ reason: { code: 'database_unavailable' } });
      }
      faulty.fault = undefined;
      expect(await ledger.reserve(draft())).toBeDefined();
      expect(await rowsOf(database)).toHaveLength(1);
    });

    it.each(['committed', 'lost'] as const)(
      'loses no unit by a commit whose answer is lost: %s',
      async (fault) => {
        const { start, faulty, database } = await openFaulty();
        const ledger = start({ dailyLimit: 2 });
        const first = await ledger.reserve(draft());
        faulty.fault = fault;
        const asked = draft();
        await expect(ledger.reserve(asked)).rejects.toMatchObject({ code: 'database_unavailable' });
        faulty.fault = undefined;
        // The unit that was written is free again once it is withdrawn.
        if (fault === 'committed') await ledger.finished();
        const again = await ledger.reserve(asked);
        await ledger.finished();
        expect(again?.id).toMatch(/^[0-9a-f-]{36}$/);
        expect(again?.id).not.toBe(asked.id);
        expect(await ledger.reserve(draft())).toBeUndefined();
        expect(await sumsOf(database)).toMatchObject([{ pictures: 2, reserved: 2, cost: 68_000 }]);
        expect(first).toBeDefined();
      },
    );

    it('settles later what it could not settle, and counts it as reserved until then', async () => {
      const { start, faulty, database } = await openFaulty();
      const ledger = start({ dailyLimit: 2 });
      const reservation = await ledger.reserve(draft());
      faulty.fault = 'away';
      await expect(reservation?.settle(spent)).rejects.toMatchObject({
        code: 'database_unavailable',
      });
      faulty.fault = undefined;
      const release = faulty.hold();
      expect(await sumsOf(database)).toMatchObject([{ reserved: 1, cost: 34_000 }]);
      release();
      await ledger.finished();
      expect(await sumsOf(database)).toMatchObject([{ reserved: 0, cost: 5 }]);
    });

    it('gives up after a while, reports it, and counts the unit as spent', async () => {
      const { start, faulty, database, notice } = await openFaulty();
      const ledger = start({ dailyLimit: 2 });
      const asked = draft();
      const reservation = await ledger.reserve(asked);
      faulty.fault = 'away';
      await expect(reservation?.settle(refused)).rejects.toMatchObject({
        code: 'database_unavailable',
      });
      await ledger.finished();
      expect(notice).toHaveBeenCalledWith(
        'a reservation cannot be settled, so it counts as spent',
        expect.objectContaining({ id: asked.id }),
      );
      expect(await sumsOf(database)).toMatchObject([{ pictures: 1, cost: 34_000 }]);
    });
  });

  describe(`${name} and what only the store has`, () => {
    class WatchedStore extends MemoryImageStore {
      lists = 0;
      fails = false;
      hold: Promise<void> | undefined;

      override async *list(...args: Parameters<MemoryImageStore['list']>) {
        this.lists += 1;
        await this.hold;
        if (this.fails) throw new CafeError('storage_unavailable', 'down');
        yield* super.list(...args);
      }
    }

    async function openWatched() {
      const store = new WatchedStore({ publicBaseUrl });
      return { ...(await openBudget({ at: NOON, store, isControlled: false })), store };
    }

    it('is listed for the first reservation, and behind a later one', async () => {
      const { start, store, keys, clock } = await openWatched();
      const ledger = start({ dailyLimit: 5 });
      await ledger.reserve(draft());
      const listed = store.lists;
      expect(listed).toBeGreaterThan(0);
      await clock.advance(29_999);
      await ledger.reserve(draft());
      expect(store.lists).toBe(listed);
      const held = Promise.withResolvers<void>();
      store.hold = held.promise;
      for (const name of ['one', 'two', 'three']) {
        await store.put(`${keys.dayPrefix(TODAY)}${name}.png`, Buffer.from('x'), PNG);
      }
      await clock.advance(1);
      expect(await ledger.reserve(draft())).toBeDefined();
      expect(store.lists).toBe(listed + 1);
      held.resolve();
      await ledger.finished();
      expect(await ledger.reserve(draft())).toBeUndefined();
    });

    it('is listed again before the next reservation where a listing failed', async () => {
      const { start, store, clock } = await openWatched();
      const ledger = start({ dailyLimit: 5 });
      store.fails = true;
      const unavailable = { code: 'storage_unavailable' };
      await expect(ledger.reserve(draft())).rejects.toMatchObject(unavailable);
      store.fails = false;
      expect(await ledger.reserve(draft())).toBeDefined();
      await clock.advance(30_000);
      store.fails = true;
      expect(await ledger.reserve(draft())).toBeDefined();
      await ledger.finished();
      await expect(ledger.reserve(draft())).rejects.toMatchObject(unavailable);
    });

    it('counts a PNG once, though its row is written after the listing', async () => {
      const { start, store, keys, database } = await openWatched();
      const id = randomUUID();
      await store.put(keys.dated({ day: TODAY, id, country: undefined }), Buffer.from('x'), PNG);
      const ledger = start({ dailyLimit: 3 });
      await ledger.reserve(draft());
      await database.transaction(async (transaction) => {
        await lockMonth(transaction, TODAY);
        const asked = draft({ id, subject: subject(undefined) });
        await insertGenerations(transaction, [reservedRow(asked, new Date(NOON).toISOString())]);
      });
      expect(await ledger.reserve(draft())).toBeDefined();
      expect(await ledger.reserve(draft())).toBeUndefined();
    });

    it('counts records of today that are not imported yet, at their cost', async () => {
      const { start, store } = await openWatched();
      const before = budgetOverRecords({ at: NOON, store, isControlled: false });
      const old = before.start({ dailyLimit: 9 });
      const [one, two] = [await old.reserve(draft()), await old.reserve(draft())];
      await one?.settle({ ...spent, costMicroUsd: 20_000 });
      await two?.settle(refused);
      await old.reserve(draft());
      const ledger = start({ dailyLimit: 9, dailyMicroUsd: 20_000 + 34_000 + 30_000 });
      expect(await ledger.reserve(draft())).toBeUndefined();
      expect(await ledger.reserve(draft({ reservedMicroUsd: 30_000 }))).toBeDefined();
      const few = start({ dailyLimit: 4 });
      expect(await few.reserve(draft())).toBeDefined();
      expect(await few.reserve(draft())).toBeUndefined();
    });

    it('grants nothing for a day whose records are folded', async () => {
      const { start, store } = await openWatched();
      const fold = `records/${TODAY}.1.5000.json`;
      await store.put(fold, Buffer.from('{"records":[]}'), { contentType: 'application/json' });
      expect(await start({ dailyLimit: 9 }).reserve(draft())).toBeUndefined();
    });
  });

  describe(`the owner's instructions for ${name}`, () => {
    it.each(['{}', '[]', 'null', '{"paused":true,"budget":{"day":"x","pictures":-1}}'])(
      'are not guessed from %j: nothing is bought',
      async (state) => {
        const { start, database } = await openBudget({ at: NOON });
        await database.run((queries) =>
          queries.insertInto('spending_control').values({ state, version: 1 }).execute(),
        );
        const ledger = start({ dailyLimit: 3 });
        await expect(ledger.reserve(draft())).rejects.toMatchObject({
          code: 'storage_unavailable',
        });
      },
    );

    it('hold for a reservation that waits for its turn', async () => {
      const { start, database } = await openBudget({ at: NOON });
      const ledger = start({ dailyLimit: 9 });
      await ledger.reserve(draft());
      const [locked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const owner = database.transaction(async (transaction) => {
        await lockMonth(transaction, TODAY);
        locked.resolve();
        await told.promise;
        const state = JSON.stringify({ paused: true });
        await transaction.insertInto('spending_control').values({ state, version: 1 }).execute();
      });
      await locked.promise;
      const asked = ledger.reserve(draft());
      told.resolve();
      await owner;
      expect(await asked).toBeUndefined();
    });
  });

  it(`${name} says how it waits: reservations of a month run one after another`, async () => {
    const { database } = await openLedger();
    const order: string[] = [];
    const reserve = (who: string) =>
      database.transaction(async (transaction) => {
        await lockMonth(transaction, TODAY);
        order.push(`${who} begins`);
        await sql`select 1`.execute(transaction);
        order.push(`${who} ends`);
      });
    await Promise.all(['one', 'two', 'three'].map(reserve));
    for (const at of [0, 2, 4]) {
      expect(order[at + 1]).toBe(order[at]?.replace('begins', 'ends'));
    }
  });
}
