import { isDeepStrictEqual } from 'node:util';
import { type GenerationRecord, NEVER_SETTLED } from '../../../domain/budget/generation-record.ts';
import { parseFoldKey, parseRecordKey } from '../records/listed-records.ts';

/**
 * The records in an object of a closed day. Records that were never settled become `unknown`.
 *
 * @throws Error if the content does not match the key
 */
export function closedRecordsIn(recordsPrefix: string, key: string, bytes: Uint8Array) {
  return recordsIn(recordsPrefix, key, bytes).map(closed);
}

/**
 * The records in an object: a single record or a fold.
 *
 * @throws Error if the content does not match the key
 */
export function recordsIn(
  recordsPrefix: string,
  key: string,
  bytes: Uint8Array,
): GenerationRecord[] {
  const content: unknown = JSON.parse(Buffer.from(bytes).toString());
  const records = parseFoldKey(recordsPrefix, key) ? listIn(content) : [content];
  if (!records.every(isRecord)) throw new Error(`${key} does not contain records`);
  const single = parseRecordKey(recordsPrefix, key);
  const [first] = records;
  if (single && (first?.state !== single.state || first.costMicroUsd !== single.costMicroUsd)) {
    throw new Error(`the content of ${key} does not match its name`);
  }
  return records;
}

/** One record per generation: the one with the most information about its end. */
export function merged(records: readonly GenerationRecord[]): GenerationRecord[] {
  const byId = new Map<string, GenerationRecord>();
  for (const record of records) {
    const other = byId.get(record.id);
    if (!other || rankOf(record) > rankOf(other)) byId.set(record.id, record);
  }
  const order = ({ reservedAt, id }: GenerationRecord) => `${reservedAt} ${id}`;
  return [...byId.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** The images and the cost of the records. */
export function totalsOf(records: readonly GenerationRecord[]) {
  const used = records.filter(({ state }) => state !== 'refused');
  return {
    pictures: used.length,
    costMicroUsd: used.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
  };
}

/** Whether `kept` includes all information of a record. */
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

function rankOf({ state, reason }: GenerationRecord): number {
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
