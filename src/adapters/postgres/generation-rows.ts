import { type Selectable, sql } from 'kysely';
import type { GenerationRecord } from '../../domain/budget/generation-record.ts';
import { type Day, startOf } from '../../domain/kernel/day.ts';
import type { PageType } from '../../domain/pages/page.ts';
import type { Queries } from './database.ts';
import type { Tables } from './tables.ts';

export type GenerationRow = Selectable<Tables['generations']>;

/** The largest number of a column of type `integer`. */
const MAX_INTEGER = 2 ** 31 - 1;

/** The columns of a generation, for inserting it. */
export function rowOf(
  record: GenerationRecord,
  { day, account = '' }: { day: Day; account?: string | undefined },
): GenerationRow {
  const { page, tokens } = record;
  return {
    id: record.id,
    day,
    account,
    state: record.state,
    reserved_at: momentOf(record.reservedAt) ?? new Date(startOf(day)),
    settled_at: momentOf(record.settledAt) ?? null,
    page_type: page?.type ?? null,
    page_path: page ? storable(page.path) : null,
    country: record.country,
    model: storable(record.model),
    prompt: storable(record.prompt),
    cost_micro_usd: record.costMicroUsd,
    duration_ms: wholeOf(record.durationMs),
    tokens_in: wholeOf(tokens?.input),
    tokens_out: wholeOf(tokens?.output),
    reason: record.reason === undefined ? null : storable(record.reason),
  };
}

/** Inverse of {@link rowOf}. */
export function recordOf(row: GenerationRow): GenerationRecord {
  const { page_type: type, page_path: path, tokens_in: input, tokens_out: output } = row;
  return {
    id: row.id,
    state: row.state,
    reservedAt: row.reserved_at.toISOString(),
    page: type === null || path === null ? null : { type: type as PageType, path },
    country: row.country as GenerationRecord['country'],
    model: row.model,
    prompt: row.prompt,
    costMicroUsd: row.cost_micro_usd,
    ...(row.settled_at && { settledAt: row.settled_at.toISOString() }),
    ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
    ...(input !== null && output !== null && { tokens: { input, output } }),
    ...(row.reason !== null && { reason: row.reason }),
  };
}

/**
 * Of generations that the store has, those without a row that counts. An image is stored after its row is
 * committed, so a query that starts after the listing finds the row.
 */
export async function withoutRows<T extends { id: string | undefined }>(
  queries: Queries,
  generations: readonly T[],
): Promise<T[]> {
  const ids = generations.flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return [...generations];
  const rows = await queries
    .selectFrom('generations')
    .select('id')
    .where('id', '=', anyOf(ids))
    .where('state', '!=', 'refused')
    .execute();
  const known = new Set(rows.map(({ id }) => id));
  return generations.filter(({ id }) => id === undefined || !known.has(id));
}

/** For a condition `=`: one parameter for any number of ids. */
export function anyOf(ids: readonly string[]) {
  return sql<string>`any(${ids}::uuid[])`;
}

/** PostgreSQL stores every character except NUL. */
export function storable(text: string): string {
  return text.replaceAll('\0', '');
}

export function wholeOf(value: number | undefined): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return Math.min(MAX_INTEGER, Math.max(0, Math.round(value)));
}

function momentOf(text: string | undefined): Date | undefined {
  const moment = new Date(text ?? Number.NaN);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
