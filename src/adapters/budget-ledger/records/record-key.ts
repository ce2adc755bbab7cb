import type { GenerationState } from '../../../domain/budget/generation-record.ts';
import type { Day } from '../../../domain/kernel/day.ts';

/**
 * A record's key: `{prefix}/{YYYY}/{MM}/{DD}/{name}.{state}.{micro-dollars}.json`, where the name is
 * the basename of the generation's PNG. The key includes state and cost, so that a listing is enough to
 * count a day's usage.
 */
export interface RecordKey {
  day: Day;
  name: string;
  state: GenerationState;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
}

/** The key of a fold: `{prefix}/{YYYY}/{MM}/{DD}.{pictures}.{micro-dollars}.json`. */
export interface FoldKey {
  day: Day;
  /** The images that count for the day. */
  pictures: number;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
}

/**
 * The most that a record says a call cost, however many tokens its answer reports: a million dollars. A
 * day of a thousand such calls still has a cost of as many digits as keys may have.
 */
export const MAX_COST_MICRO_USD = 999_999_999_999;

const RECORD =
  /^(\d{4}\/\d{2}\/\d{2})\/([^/]+)\.(reserved|spent|unknown|refused)\.(\d{1,15})\.json$/;
const FOLD = /^(\d{4}\/\d{2}\/\d{2})\.(\d{1,15})\.(\d{1,15})\.json$/;

export function recordKey(
  recordsPrefix: string,
  { day, name, state, costMicroUsd }: RecordKey,
): string {
  return `${recordsPrefix}/${day}/${name}.${state}.${costMicroUsd}.json`;
}

/** `undefined` if the key has another form. */
export function parseRecordKey(recordsPrefix: string, key: string): RecordKey | undefined {
  const [, day, name, state, cost] = RECORD.exec(key.slice(recordsPrefix.length + 1)) ?? [];
  if (!day || !name || !state || !cost) return undefined;
  return {
    day: day as Day,
    name,
    state: state as GenerationState,
    costMicroUsd: Number(cost),
  };
}

export function foldKey(recordsPrefix: string, { day, pictures, costMicroUsd }: FoldKey): string {
  return `${recordsPrefix}/${day}.${pictures}.${costMicroUsd}.json`;
}

/** `undefined` if the key has another form. */
export function parseFoldKey(recordsPrefix: string, key: string): FoldKey | undefined {
  const [, day, pictures, cost] = FOLD.exec(key.slice(recordsPrefix.length + 1)) ?? [];
  if (!day || !pictures || !cost) return undefined;
  return { day: day as Day, pictures: Number(pictures), costMicroUsd: Number(cost) };
}

/** The prefix of a day's records, including folds. */
export function dayPrefix(recordsPrefix: string, day: Day): string {
  return `${recordsPrefix}/${day}`;
}

/** The prefix of all records of a day's calendar month. */
export function monthPrefix(recordsPrefix: string, day: Day): string {
  return `${recordsPrefix}/${day.slice(0, 'YYYY/MM/'.length)}`;
}
