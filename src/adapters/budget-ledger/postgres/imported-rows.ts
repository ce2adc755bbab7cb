import { sql, type Transaction } from 'kysely';
import { NEVER_SETTLED } from '../../../domain/budget/generation-record.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { lockMonth } from '../../postgres/budget-rows.ts';
import type { GenerationRow } from '../../postgres/generation-rows.ts';
import type { Tables } from '../../postgres/tables.ts';

/** Rows per statement: each has 16 parameters, and a statement has at most 65,535. */
const IMPORT_ROWS = 500;

/**
 * Writes generations of one day that another service has recorded, and counts the day again. A row that
 * exists is changed only if it was not settled and the other service knows how it ended.
 *
 * @returns how many rows are new or have changed
 */
export async function importGenerations(
  transaction: Transaction<Tables>,
  day: Day,
  rows: readonly GenerationRow[],
): Promise<number> {
  await lockMonth(transaction, day);
  let changed = 0;
  for (let at = 0; at < rows.length; at += IMPORT_ROWS) {
    const written = await transaction
      .insertInto('generations')
      .values(rows.slice(at, at + IMPORT_ROWS))
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(({ ref }) => ({
            state: ref('excluded.state'),
            settled_at: ref('excluded.settled_at'),
            model: ref('excluded.model'),
            cost_micro_usd: ref('excluded.cost_micro_usd'),
            duration_ms: ref('excluded.duration_ms'),
            tokens_in: ref('excluded.tokens_in'),
            tokens_out: ref('excluded.tokens_out'),
            reason: ref('excluded.reason'),
          }))
          .where('excluded.state', '!=', 'reserved')
          .where(
            sql<boolean>`(
              generations.state = 'reserved' or
              (generations.reason = ${NEVER_SETTLED} and excluded.reason is distinct from ${NEVER_SETTLED})
            )`,
          ),
      )
      .returning('id')
      .execute();
    changed += written.length;
  }
  if (changed > 0) await recountDay(transaction, day);
  return changed;
}

/**
 * Counts the sums of all accounts together from the rows. The first statement locks the sums. The
 * second one counts the settlements that are committed by then. Any other settlement waits for the
 * lock, and then changes the new sums.
 */
async function recountDay(transaction: Transaction<Tables>, day: Day): Promise<void> {
  await transaction
    .insertInto('budget_days')
    .values({ day, account: '' })
    .onConflict((conflict) => conflict.columns(['account', 'day']).doUpdateSet({ day }))
    .execute();
  await sql`
    update budget_days as sums set
      pictures = counted.pictures, reserved = counted.reserved, cost_micro_usd = counted.cost
    from (
      select
        count(*) filter (where state <> 'refused') as pictures,
        count(*) filter (where state = 'reserved') as reserved,
        coalesce(sum(cost_micro_usd) filter (where state <> 'refused'), 0) as cost
      from generations
      where day = ${day}
    ) as counted
    where sums.day = ${day} and sums.account = ''
  `.execute(transaction);
}
