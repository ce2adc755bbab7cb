import type { GenerationState } from '../../../domain/budget/generation-record.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { CafeError } from '../../../domain/kernel/errors.ts';
import type { Notice } from '../../../domain/kernel/notice.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';

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
interface FoldKey {
  day: Day;
  /** The images that count for the day. */
  pictures: number;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
}

/**
 * The maximum cost in a record: a million dollars, even if a response reports more tokens. So the cost of a
 * day with a thousand such calls still fits into a key.
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

const LISTINGS_LAG = 'Listings of the image store do not show recent writes';
/**
 * Milliseconds without purchases after a listing that is out of date. Without the pause, each try
 * would write and withdraw a record.
 */
const PAUSE_MS = 5000;

/** @param doubt the reason, for the log */
export function notReliable(doubt: string): CafeError {
  const message = 'The image store is not reliable enough to buy pictures at the moment.';
  return new CafeError('storage_unavailable', message, { cause: new Error(doubt) });
}

/** Rejects counts from listings that are out of date, and purchases for a few seconds afterwards. */
export class ListingDoubt {
  readonly #clock: Clock;
  readonly #notice: Notice;
  #hasReported = false;
  #pausedUntil = 0;

  /** @param notice called once, and again only after listings were up to date */
  constructor(clock: Clock, notice: Notice) {
    this.#clock = clock;
    this.#notice = notice;
  }

  /** @throws CafeError `storage_unavailable` shortly after a count that missed an earlier write */
  checkPause(): void {
    if (this.#clock.monotonic() < this.#pausedUntil) throw notReliable(LISTINGS_LAG);
  }

  /** @throws CafeError `storage_unavailable` if a count misses an earlier write */
  check({ isBehind }: { isBehind: boolean }): void {
    if (isBehind && !this.#hasReported) this.#notice(`${LISTINGS_LAG}, so nothing is bought`, {});
    this.#hasReported = isBehind;
    if (!isBehind) return;
    this.#pausedUntil = this.#clock.monotonic() + PAUSE_MS;
    throw notReliable(LISTINGS_LAG);
  }
}
