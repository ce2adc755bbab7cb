import type { GenerationState } from '../../../domain/budget/generation-record.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import {
  type FoldKey,
  parseFoldKey,
  parseRecordKey,
  type RecordKey,
} from '../records/record-key.ts';

/** The records of a day, as a listing shows them. */
export interface DayRecords {
  /** By the name that a record shares with its image. */
  records: Map<string, RecordKey>;
  /** Present once the day is folded. Then the single records do not count: the fold includes them. */
  fold: FoldKey | undefined;
}

/** While a record is settled, both versions exist for a moment. The higher one counts. */
const PRECEDENCE: Record<GenerationState, number> = {
  reserved: 0,
  refused: 1,
  unknown: 2,
  spent: 2,
};

/** Lists the records under a prefix by day, optionally only those of a span of days. */
export async function listRecords(
  store: ObjectStore,
  recordsPrefix: string,
  prefix: string,
  span?: { from: Day; to: Day },
): Promise<Map<Day, DayRecords>> {
  const days = new Map<Day, DayRecords>();
  const of = (day: Day): DayRecords => {
    const known = days.get(day) ?? { records: new Map(), fold: undefined };
    days.set(day, known);
    return known;
  };
  const after = span ? { after: `${recordsPrefix}/${span.from}` } : {};
  for await (const { key } of store.list(prefix, after)) {
    const fold = parseFoldKey(recordsPrefix, key);
    const record = parseRecordKey(recordsPrefix, key);
    const day = fold?.day ?? record?.day;
    if (span && day && day > span.to) break;
    if (fold) addFold(of(fold.day), fold);
    else if (record) addRecord(of(record.day), record);
  }
  return days;
}

/** Takes the higher totals if replicas wrote different folds of the same day. */
function addFold(day: DayRecords, fold: FoldKey): void {
  const { pictures, costMicroUsd } = day.fold ?? fold;
  day.fold = {
    day: fold.day,
    pictures: Math.max(pictures, fold.pictures),
    costMicroUsd: Math.max(costMicroUsd, fold.costMicroUsd),
  };
}

/** Adds a record, unless the known one of the same name takes precedence. */
export function addRecord({ records }: DayRecords, record: RecordKey): void {
  const other = records.get(record.name);
  if (other && !takesOver(record, other)) return;
  records.set(record.name, record);
}

function takesOver(record: RecordKey, other: RecordKey): boolean {
  const difference = PRECEDENCE[record.state] - PRECEDENCE[other.state];
  return difference > 0 || (difference === 0 && record.costMicroUsd > other.costMicroUsd);
}
