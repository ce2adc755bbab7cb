import type { GenerationState } from '../../../domain/budget/generation-record.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import {
  type FoldKey,
  parseFoldKey,
  parseRecordKey,
  type RecordKey,
} from '../records/record-key.ts';

/** What a listing tells of a day. */
export interface DayRecords {
  /** By the name that a record shares with its picture. */
  records: Map<string, RecordKey>;
  /** There once the day is closed. Records that are still there besides are in it, and do not count. */
  fold: FoldKey | undefined;
}

/** Of a record that is being settled both versions are there for a moment; the higher one holds. */
const PRECEDENCE: Record<GenerationState, number> = {
  reserved: 0,
  refused: 1,
  unknown: 2,
  spent: 2,
};

/** The records under a prefix, by day; with a span, of those days alone. */
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

/** Where replicas folded a day at the same moment and differ, neither may have seen too little. */
function addFold(day: DayRecords, fold: FoldKey): void {
  const { pictures, costMicroUsd } = day.fold ?? fold;
  day.fold = {
    day: fold.day,
    pictures: Math.max(pictures, fold.pictures),
    costMicroUsd: Math.max(costMicroUsd, fold.costMicroUsd),
  };
}

/** Adds a record, unless one of the same name holds. */
export function addRecord({ records }: DayRecords, record: RecordKey): void {
  const other = records.get(record.name);
  if (other && !takesOver(record, other)) return;
  records.set(record.name, record);
}

function takesOver(record: RecordKey, other: RecordKey): boolean {
  const difference = PRECEDENCE[record.state] - PRECEDENCE[other.state];
  return difference > 0 || (difference === 0 && record.costMicroUsd > other.costMicroUsd);
}
