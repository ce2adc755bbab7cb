import { sql, type Transaction } from 'kysely';
import { type GenerationOutcome, NEVER_SETTLED } from '../../domain/budget/generation-record.ts';
import type { StoredInstructions } from '../../domain/budget/spending-control-store.ts';
import type { Day } from '../../domain/kernel/day.ts';
import type { Queries } from './database.ts';
import { type GenerationRow, storable, wholeOf } from './generation-rows.ts';
import type { Tables } from './tables.ts';

// To prevent deadlocks, every transaction takes its locks in this order: the month's row, rows of
// generations, then rows of `budget_days`. Among these, the row of all accounts together (an empty name)
// comes first.

/** An unsettled reservation. */
export interface ReservedRow {
  id: string;
  day: Day;
  costMicroUsd: number;
}

/** The counted rows at one moment. Money is in millionths of a US dollar. */
export interface CountedRows {
  pictures: number;
  dayMicroUsd: number;
  monthMicroUsd: number;
  /** The unsettled reservations of the month, which are included in the sums. */
  reserved: ReservedRow[];
  /** The owner's spending instructions; `undefined` if there are none. */
  instructions: Pick<StoredInstructions, 'content'> | undefined;
}

/**
 * Locks a month until the transaction ends. Every transaction that adds to the budget holds this lock, so
 * reservations of a month run one after another. The next statement sees everything that the earlier ones
 * committed.
 */
export async function lockMonth(transaction: Transaction<Tables>, day: Day): Promise<void> {
  await transaction
    .insertInto('budget_months')
    .values({ month: monthOf(day) })
    // This update changes nothing, but it makes the second of two concurrent inserts wait for the first.
    .onConflict((conflict) => conflict.column('month').doUpdateSet({ month: monthOf(day) }))
    .execute();
}

/** Counts a day and its month, over all accounts, in one statement. */
export async function countRows(queries: Queries, day: Day): Promise<CountedRows> {
  const { first, last } = daysOfMonth(day);
  const { rows } = await sql<{
    pictures: number;
    day_cost: number;
    month_cost: number;
    reserved: [id: string, day: Day, cost: number][];
    state: unknown;
    version: number | null;
  }>`
    select
      coalesce(sum(pictures) filter (where day = ${day}), 0)::integer as pictures,
      coalesce(sum(cost_micro_usd) filter (where day = ${day}), 0)::bigint as day_cost,
      coalesce(sum(cost_micro_usd), 0)::bigint as month_cost,
      (
        select coalesce(jsonb_agg(jsonb_build_array(id, day, cost_micro_usd)), '[]')
        from generations
        where state = 'reserved' and day between ${first} and ${last}
      ) as reserved,
      (select state from spending_control) as state,
      (select version from spending_control) as version
    from budget_days
    where account = '' and day between ${first} and ${last}
  `.execute(queries);
  const [row] = rows;
  if (!row) throw new Error('an aggregate has one row');
  return {
    pictures: row.pictures,
    dayMicroUsd: row.day_cost,
    monthMicroUsd: row.month_cost,
    reserved: row.reserved.map(([id, at, costMicroUsd]) => ({ id, day: at, costMicroUsd })),
    instructions: row.version === null ? undefined : { content: row.state },
  };
}

/** Rows per statement: each has 16 parameters, and a statement has at most 65,535. */
const ROWS_AT_ONCE = 1000;

/** Inserts generations of one day, and adds them to the day. The caller holds the month's lock. */
export async function insertGenerations(
  transaction: Transaction<Tables>,
  rows: readonly GenerationRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    await insertSome(transaction, rows.slice(at, at + ROWS_AT_ONCE));
  }
}

async function insertSome(
  transaction: Transaction<Tables>,
  rows: readonly GenerationRow[],
): Promise<void> {
  await transaction
    .with('made', (queries) =>
      queries
        .insertInto('generations')
        .values(rows)
        .returning(['day', 'account', 'state', 'cost_micro_usd']),
    )
    .insertInto('budget_days')
    .columns(['day', 'account', 'pictures', 'reserved', 'cost_micro_usd'])
    .expression(sql`
      select made.day, part.account, count(*), count(*) filter (where made.state = 'reserved'),
        sum(made.cost_micro_usd)
      from made cross join lateral (select '' as account union select made.account) as part
      where made.state <> 'refused'
      group by made.day, part.account
      order by part.account`)
    .onConflict((conflict) =>
      conflict.columns(['account', 'day']).doUpdateSet({
        pictures: sql`budget_days.pictures + excluded.pictures`,
        reserved: sql`budget_days.reserved + excluded.reserved`,
        cost_micro_usd: sql`budget_days.cost_micro_usd + excluded.cost_micro_usd`,
      }),
    )
    .execute();
}

/** How a reservation ended. */
export interface Settlement {
  id: string;
  reservedMicroUsd: number;
  outcome: GenerationOutcome;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
  settledAt: Date;
}

/**
 * Settles a reservation, unless it is settled, and changes the sums of its day, in one statement. It needs
 * no lock of the month, because it never adds an image, and the sums are changed under their rows' locks.
 */
export async function settleGeneration(queries: Queries, settlement: Settlement): Promise<void> {
  const { id, reservedMicroUsd, outcome, costMicroUsd, settledAt } = settlement;
  const { state, durationMs } = outcome;
  const { model, tokens } = state === 'spent' ? outcome : { model: null, tokens: undefined };
  const reason = state === 'spent' ? null : storable(outcome.reason);
  await sql`
    with settled as (
      update generations set
        state = ${state},
        settled_at = ${settledAt},
        model = coalesce(${model === null ? null : storable(model)}, model),
        cost_micro_usd = ${costMicroUsd},
        duration_ms = ${wholeOf(durationMs)},
        tokens_in = ${wholeOf(tokens?.input)},
        tokens_out = ${wholeOf(tokens?.output)},
        reason = ${reason}
      where id = ${id} and state = 'reserved'
      returning day, account
    ), locked as (
      select sums.day, sums.account
      from budget_days as sums, settled
      where sums.day = settled.day and sums.account in ('', settled.account)
      order by sums.account
      for update of sums
    )
    update budget_days as sums set
      pictures = sums.pictures - ${state === 'refused' ? 1 : 0},
      reserved = sums.reserved - 1,
      cost_micro_usd = sums.cost_micro_usd + ${costMicroUsd - reservedMicroUsd}
    from locked
    where sums.day = locked.day and sums.account = locked.account
  `.execute(queries);
}

/** Makes the open reservations up to a day `unknown`. They keep their cost. */
export async function endReservations(
  transaction: Transaction<Tables>,
  { last, settledAt }: { last: Day; settledAt: Date },
): Promise<void> {
  const ended = await transaction
    .updateTable('generations')
    .set({ state: 'unknown', reason: NEVER_SETTLED, settled_at: settledAt })
    .where('state', '=', 'reserved')
    .where('day', '<=', last)
    .returning(['day', 'account'])
    .execute();
  const parts = Map.groupBy(ended, ({ day, account }) => `${day} ${account}`);
  for (const [, [first, ...others]] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!first) continue;
    const change = { pictures: 0, reserved: -1 - others.length, costMicroUsd: 0 };
    await addToDay(transaction, first, change);
  }
}

/** Changes the sums of a day that exist, for all accounts together and then for one. */
export async function addToDay(
  transaction: Transaction<Tables>,
  { day, account }: { day: string; account: string },
  change: { pictures: number; reserved: number; costMicroUsd: number },
): Promise<void> {
  for (const each of account === '' ? [''] : ['', account]) {
    await transaction
      .updateTable('budget_days')
      .set({
        pictures: sql`pictures + ${change.pictures}`,
        reserved: sql`reserved + ${change.reserved}`,
        cost_micro_usd: sql`cost_micro_usd + ${change.costMicroUsd}`,
      })
      .where('account', '=', each)
      .where('day', '=', day)
      .execute();
  }
}

/** The first and the last day of a day's calendar month, as bounds. */
export function daysOfMonth(day: Day): { first: string; last: string } {
  return { first: `${monthOf(day)}/01`, last: `${monthOf(day)}/31` };
}

function monthOf(day: Day): string {
  return day.slice(0, 'YYYY/MM'.length);
}
