import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Reservation } from '../../src/domain/budget/budget-ledger.ts';
import { type Day, dayAt } from '../../src/domain/kernel/day.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';
import { Forked } from '../support/forked.ts';
import { currentDay, draftOf, type Limits, openLedger } from '../support/open-ledger.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { UNAVAILABLE } from '../support/server-database.ts';

const { programs } = inject('postgres')!;
const refused = { state: 'refused', reason: 'moderation_blocked', durationMs: 5 } as const;
const PRICE = 34_000;

let server: PostgresServer;
let name: string;
let url: string;
let opened: TestDatabase;
beforeAll(async () => {
  server = await PostgresServer.start({ programs });
  name = await server.createDatabase();
  url = server.url(name);
  opened = await openTestDatabase(url);
});
afterAll(async () => {
  await opened.close();
  await server.remove();
});

/** Processes over an empty budget, in which PostgreSQL itself refuses every state beyond the limits. */
async function openProcesses(count: number, limits: Limits) {
  await opened.empty();
  await guard(limits);
  const ledgers = Array.from({ length: count }, () => openLedger(url, limits));
  onTestFinished(async () => {
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });
  return ledgers;
}

async function guard({ dailyLimit, dailyMicroUsd = 1e12 }: Limits): Promise<void> {
  await server.asOwner(
    `alter table budget_days drop constraint if exists within_limits;
     alter table budget_days add constraint within_limits
       check (pictures <= ${dailyLimit} and cost_micro_usd <= ${dailyMicroUsd})`,
    name,
  );
}

/** What the budget says it used, and what its generations add up to. */
async function sums() {
  return opened.database.run(async (queries) => {
    const { rows } = await sql<{ said: string; counted: string }>`
      select
        (select coalesce(json_agg(json_build_array(day, pictures, reserved, cost_micro_usd) order by day), '[]')
          from budget_days where account = '' and pictures > 0)::text as said,
        (select coalesce(json_agg(json_build_array(day, pictures, reserved, cost) order by day), '[]') from (
          select day, count(*) as pictures, count(*) filter (where state = 'reserved') as reserved,
            sum(cost_micro_usd) as cost
          from generations where state <> 'refused' group by day
        ) as days)::text as counted`.execute(queries);
    return rows[0];
  });
}

async function used(): Promise<{ pictures: number; cost: number }> {
  return opened.database.run(async (queries) => {
    const { rows } = await sql<{ pictures: number; cost: number }>`
      select coalesce(sum(pictures), 0)::int as pictures, coalesce(sum(cost_micro_usd), 0)::int as cost
      from budget_days where account = ''`.execute(queries);
    return rows[0] ?? { pictures: 0, cost: 0 };
  });
}

describe('K1: 20 processes with connections of their own that race', () => {
  it.each([1, 7, 50])('for %d units grant exactly those', async (dailyLimit) => {
    const ledgers = await openProcesses(20, { dailyLimit });
    const calls = ledgers.flatMap((ledger) =>
      Array.from({ length: 5 }, () => ledger.reserve(draftOf(currentDay(), PRICE))),
    );
    const granted = (await Promise.all(calls)).filter((each) => each !== undefined);
    expect(granted).toHaveLength(dailyLimit);
    expect(await used()).toEqual({ pictures: dailyLimit, cost: dailyLimit * PRICE });
  });

  it('for dollars grant what fits, and nothing more', async () => {
    const dailyMicroUsd = 10 * PRICE + 5;
    const ledgers = await openProcesses(20, { dailyLimit: 1000, dailyMicroUsd });
    const calls = ledgers.flatMap((ledger) =>
      Array.from({ length: 3 }, () => ledger.reserve(draftOf(currentDay(), PRICE))),
    );
    const granted = (await Promise.all(calls)).filter((each) => each !== undefined);
    expect(granted).toHaveLength(10);
  });

  it('and give back and take again never hold more than the limit, and all of it in the end', async () => {
    const dailyLimit = 5;
    const ledgers = await openProcesses(20, { dailyLimit });
    const kept: Reservation[] = [];
    await Promise.all(
      ledgers.map(async (ledger, at) => {
        for (let times = 0; times < 6; times += 1) {
          const reservation = await ledger.reserve(draftOf(currentDay(), PRICE));
          if (at % 2 === 0) await reservation?.settle(refused);
          else if (reservation) kept.push(reservation);
        }
      }),
    );
    const [ledger] = ledgers;
    for (;;) {
      const more = await ledger?.reserve(draftOf(currentDay(), PRICE));
      if (!more) break;
      kept.push(more);
    }
    expect(kept).toHaveLength(dailyLimit);
    const { said, counted } = (await sums()) ?? {};
    expect(said).toBe(counted);
  });

  it('hold, whatever they ask for, however they settle it, and in whatever order', async () => {
    const call = fc.record({
      process: fc.nat(3),
      price: fc.integer({ min: 0, max: 50 }),
      daysLater: fc.nat(2),
      turns: fc.nat(20),
      ending: fc.constantFrom('refused', 'spent', 'unknown', 'never'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          dailyLimit: fc.integer({ min: 0, max: 12 }),
          dailyMicroUsd: fc.integer({ min: 0, max: 300 }),
          monthlyMicroUsd: fc.integer({ min: 0, max: 600 }),
        }),
        fc.array(call, { minLength: 10, maxLength: 60 }),
        async (limits, calls) => {
          await opened.empty();
          await guard(limits);
          const ledgers = Array.from({ length: 4 }, () => openLedger(url, limits));
          try {
            await Promise.all(
              calls.map(async ({ process, price, daysLater, turns, ending }) => {
                const day = dayAt(Date.UTC(2040, 4, 10 + daysLater)) as Day;
                for (let n = turns; n > 0; n -= 1) await turn();
                const reservation = await ledgers[process]?.reserve(draftOf(day, price));
                if (ending === 'never') return;
                const known = { model: 'm', costMicroUsd: price, durationMs: 1 };
                if (ending === 'spent') await reservation?.settle({ state: 'spent', ...known });
                else await reservation?.settle({ ...refused, state: ending });
              }),
            );
          } finally {
            await Promise.all(ledgers.map((ledger) => ledger.close()));
          }
          const { said, counted } = (await sums()) ?? {};
          expect(said).toBe(counted);
          expect((await used()).cost).toBeLessThanOrEqual(limits.monthlyMicroUsd);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('K4: a process that is killed between its reservation and its settlement', () => {
  it('has used what it reserved', async () => {
    const [ledger] = await openProcesses(1, { dailyLimit: 3 });
    const [killed, isGranted] = await Forked.start<boolean>(
      'reserving-process.ts',
      url,
      '3',
      String(PRICE),
    );
    expect(isGranted).toBe(true);
    expect(await killed.ask<boolean>({})).toBe(true);
    await killed.stop();
    expect(await used()).toEqual({ pictures: 2, cost: 2 * PRICE });
    expect(await ledger?.reserve(draftOf(currentDay(), PRICE))).toBeDefined();
    expect(await ledger?.reserve(draftOf(currentDay(), PRICE))).toBeUndefined();
  });
});

describe('K1, D2: processes that race while', () => {
  const DAILY = 30;
  /** Reservations that each caller returns before it keeps one. */
  const RETURNED = 10;
  let failures = 0;

  /** Asks until it got an answer that is no failure. */
  async function insist(ledger: ReturnType<typeof openLedger>): Promise<Reservation | undefined> {
    for (;;) {
      try {
        return await ledger.reserve(draftOf(currentDay(), PRICE));
      } catch (error) {
        expect(error).toMatchObject(UNAVAILABLE);
        failures += 1;
        await turn();
      }
    }
  }

  async function call(ledger: ReturnType<typeof openLedger>): Promise<Reservation | undefined> {
    for (let times = 0; times < RETURNED; times += 1) {
      const reservation = await insist(ledger);
      // Where it fails it is tried again in the background.
      const settled = await reservation?.settle(refused).catch((error: unknown) => ({ error }));
      if (settled) expect(settled.error).toMatchObject(UNAVAILABLE);
    }
    return insist(ledger);
  }

  /** @param times how often it is disturbed at most */
  async function race(disturb: () => Promise<void>, times: number): Promise<void> {
    failures = 0;
    const ledgers = await openProcesses(6, { dailyLimit: DAILY });
    let isOver = false;
    const disturbing = (async () => {
      for (let n = 0; n < times && !isOver; n += 1) await disturb();
    })();
    const calls = await Promise.all(
      ledgers.flatMap((ledger) => Array.from({ length: 10 }, () => call(ledger))),
    );
    isOver = true;
    await disturbing;
    expect(failures).toBeGreaterThan(0);
    // What could not be returned, and what a lost answer left behind.
    await Promise.all(ledgers.map((ledger) => ledger.finished()));
    const granted = calls.filter((each) => each !== undefined).length;
    expect(granted).toBeLessThanOrEqual(DAILY);
    expect(await used()).toEqual({ pictures: granted, cost: granted * PRICE });
    let later = 0;
    for (const [ledger] = ledgers; ledger && (await insist(ledger)); ) later += 1;
    expect(granted + later).toBe(DAILY);
    const { said, counted } = (await sums()) ?? {};
    expect(said).toBe(counted);
  }

  it('their connections are killed never grant more than there is, and lose nothing', async () => {
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${name}' and pid <> pg_backend_pid() and random() < 0.3`;
    await race(async () => void (await server.asOwner(kill)), 200);
  });

  it('the server is killed and started again never grant more than there is', async () => {
    const works = () => sums().then(Boolean, () => false);
    await race(async () => {
      await server.kill();
      await server.start();
      await expect.poll(works).toBe(true);
    }, 3);
  });
});
