import { isDeepStrictEqual } from 'node:util';
import type { GenerationRecord } from '../../../domain/budget/generation-record.ts';
import { parseFoldKey, parseRecordKey } from '../records/record-key.ts';

/** Why a record is `unknown` whose call nobody has ended. */
const NEVER_SETTLED = 'never_settled';

/**
 * The records that an object of a closed day holds, as they are folded: one that was never settled is
 * `unknown` from now on.
 *
 * @throws Error where it does not hold what its key tells of
 */
export function closedRecordsIn(recordsPrefix: string, key: string, bytes: Uint8Array) {
  return recordsIn(recordsPrefix, key, bytes).map(closed);
}

/**
 * The records that an object holds, a single record or a fold of them.
 *
 * @throws Error where it does not hold what its key tells of
 */
export function recordsIn(
  recordsPrefix: string,
  key: string,
  bytes: Uint8Array,
): GenerationRecord[] {
  const content: unknown = JSON.parse(Buffer.from(bytes).toString());
  const records = parseFoldKey(recordsPrefix, key) ? listIn(content) : [content];
  if (!records.every(isRecord)) throw new Error(`${key} does not hold records`);
  const single = parseRecordKey(recordsPrefix, key);
  const [first] = records;
  if (single && (first?.state !== single.state || first.costMicroUsd !== single.costMicroUsd)) {
    throw new Error(`${key} does not hold the record that its name tells of`);
  }
  return records;
}

/** Each generation's record once, the one that tells most of how its call ended. */
export function merged(records: readonly GenerationRecord[]): GenerationRecord[] {
  const byId = new Map<string, GenerationRecord>();
  for (const record of records) {
    const other = byId.get(record.id);
    if (!other || tells(record) > tells(other)) byId.set(record.id, record);
  }
  const order = ({ reservedAt, id }: GenerationRecord) => `${reservedAt} ${id}`;
  return [...byId.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** What the records have used: pictures, and millionths of a US dollar. */
export function totalsOf(records: readonly GenerationRecord[]) {
  const used = records.filter(({ state }) => state !== 'refused');
  return {
    pictures: used.length,
    costMicroUsd: used.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
  };
}

/** Whether nothing of a record is lost when only `kept` stays. */
export function isKept(record: GenerationRecord, kept: readonly GenerationRecord[]): boolean {
  const same = kept.find(({ id }) => id === record.id);
  if (!same) return false;
  return record.reason === NEVER_SETTLED || isDeepStrictEqual(same, record);
}

function closed(record: GenerationRecord): GenerationRecord {
  return record.state === 'reserved'
    ? { ...record, state: 'unknown', reason: NEVER_SETTLED }
    : record;
}

function tells({ state, reason }: GenerationRecord): number {
  if (reason === NEVER_SETTLED) return 0;
  return state === 'refused' ? 1 : 2;
}

function listIn(content: unknown): unknown[] {
  const records = (content as { records?: unknown } | null)?.records;
  return Array.isArray(records) ? records : [undefined];
}

function isRecord(content: unknown): content is GenerationRecord {
  const { id, state, costMicroUsd } = (content ?? {}) as Partial<GenerationRecord>;
  return typeof id === 'string' && typeof state === 'string' && Number.isInteger(costMicroUsd);
}
