import type {
  GenerationRecord,
  GenerationState,
} from '../../../domain/budget/generation-record.ts';
import { countryByCode } from '../../../domain/countries/country.ts';
import { inBatches } from '../../../domain/kernel/concurrency.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import { PAGE_TYPES } from '../../../domain/pages/page.ts';
import { pictureNamed } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import type { Database } from '../../postgres/database.ts';
import { rowOf } from '../../postgres/generation-rows.ts';
import { merged, recordsIn } from '../days/day-summary.ts';
import {
  addRecord,
  type DayRecords,
  MAX_COST_MICRO_USD,
  parseFoldKey,
  parseRecordKey,
  recordKey,
} from '../records/listed-records.ts';
import { importGenerations } from './imported-rows.ts';

/** Concurrent calls to the store. */
const AT_ONCE = 16;
/** How often a day is listed again, because its records changed while they were read. */
const TRIES = 5;
const STATES: readonly GenerationState[] = ['reserved', 'spent', 'unknown', 'refused'];

export interface ImportRecordsDeps {
  database: Pick<Database, 'run' | 'transaction'>;
  store: ObjectStore;
  recordsPrefix: string;
  /** Called for each object that cannot be read. */
  notice: Notice;
}

export interface ImportedRecords {
  days: number;
  /** Rows that are new or have changed. */
  generations: number;
  /** Objects whose content is unreadable. Of a single record, the key still says what it cost. */
  malformed: number;
}

/** The objects of a day. */
interface DayKeys {
  folds: string[];
  records: DayRecords['records'];
}

/**
 * Writes the records of all days in the store as rows, and counts their days again. It does not
 * change the store. It changes an existing row only if the store knows how the reservation ended.
 * So it can run again at any time, even while the service that writes the records still runs.
 *
 * @throws CafeError `storage_unavailable` or `database_unavailable`; the days before are imported
 */
export async function importRecords(deps: ImportRecordsDeps): Promise<ImportedRecords> {
  const imported: ImportedRecords = { days: 0, generations: 0, malformed: 0 };
  for await (const [day, keys] of daysIn(deps, `${deps.recordsPrefix}/2`)) {
    const { records, malformed } = await readDay(deps, day, keys);
    const rows = records.map((record) => rowOf(record, { day }));
    imported.generations += await deps.database.transaction((transaction) =>
      importGenerations(transaction, day, rows),
    );
    imported.malformed += malformed;
    imported.days += 1;
  }
  return imported;
}

/** The keys under a prefix by day, in the order of the days. */
async function* daysIn(
  { store, recordsPrefix }: ImportRecordsDeps,
  prefix: string,
): AsyncGenerator<[Day, DayKeys]> {
  let current: [Day, DayKeys] | undefined;
  for await (const { key } of store.list(prefix)) {
    const record = parseRecordKey(recordsPrefix, key);
    const day = record?.day ?? parseFoldKey(recordsPrefix, key)?.day;
    if (!day) continue;
    if (current?.[0] !== day) {
      if (current) yield current;
      current = [day, { folds: [], records: new Map() }];
    }
    const [, keys] = current;
    if (record) addRecord({ records: keys.records, fold: undefined }, record);
    else keys.folds.push(key);
  }
  if (current) yield current;
}

async function readDay(deps: ImportRecordsDeps, day: Day, listed: DayKeys) {
  const { store, recordsPrefix } = deps;
  let keys = listed;
  for (let tries = 1; ; tries += 1) {
    const singles = [...keys.records.values()].map((each) => recordKey(recordsPrefix, each));
    const objects = await inBatches([...keys.folds, ...singles], AT_ONCE, async (key) => ({
      key,
      object: await store.get(key),
    }));
    // A record that is settled or folded meanwhile has another key now.
    const isWhole = objects.every(({ object }) => object !== undefined);
    if (isWhole || tries === TRIES) return recordsOf(deps, objects);
    for await (const [, again] of daysIn(deps, `${recordsPrefix}/${day}`)) keys = again;
  }
}

function recordsOf(
  { recordsPrefix, notice }: ImportRecordsDeps,
  objects: readonly { key: string; object: { bytes: Uint8Array } | undefined }[],
) {
  let malformed = 0;
  const read = objects.flatMap(({ key, object }) => {
    if (!object) return [];
    try {
      return recordsIn(recordsPrefix, key, object.bytes);
    } catch (cause) {
      malformed += 1;
      notice('a record is malformed', { key, cause });
      return recordOfKey(recordsPrefix, key);
    }
  });
  const found = merged(read);
  const records = found.flatMap(wellFormed);
  return { records, malformed: malformed + found.length - records.length };
}

/** The data in a record's key, which is enough for the budget. */
function recordOfKey(recordsPrefix: string, key: string): GenerationRecord[] {
  const parsed = parseRecordKey(recordsPrefix, key);
  const picture = parsed && pictureNamed(`${parsed.day}/${parsed.name}`);
  if (!parsed || !picture) return [];
  const { state, costMicroUsd } = parsed;
  const country = picture.country?.code ?? null;
  const rest = { reservedAt: '', page: null, model: 'unknown', prompt: '' };
  return [{ id: picture.id, state, country, costMicroUsd, ...rest }];
}

/** Omits values that a column cannot hold. */
function wellFormed(record: GenerationRecord): GenerationRecord[] {
  const { id, state, costMicroUsd, page, tokens } = record;
  const isImage = pictureNamed(`2000/01/01/${id}`) !== undefined;
  const isCost = Number.isSafeInteger(costMicroUsd) && costMicroUsd >= 0;
  if (!isImage || !STATES.includes(state) || !isCost) return [];
  const isPage = page !== null && PAGE_TYPES.includes(page?.type) && typeof page.path === 'string';
  const hasTokens = typeof tokens?.input === 'number' && typeof tokens.output === 'number';
  return [
    {
      id,
      state,
      reservedAt: textOf(record.reservedAt),
      page: isPage ? page : null,
      country: countryByCode(record.country)?.code ?? null,
      model: textOf(record.model) || 'unknown',
      prompt: textOf(record.prompt),
      costMicroUsd: Math.min(costMicroUsd, MAX_COST_MICRO_USD),
      ...(typeof record.settledAt === 'string' && { settledAt: record.settledAt }),
      ...(typeof record.durationMs === 'number' && { durationMs: record.durationMs }),
      ...(hasTokens && { tokens }),
      ...(typeof record.reason === 'string' && { reason: record.reason }),
    },
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
