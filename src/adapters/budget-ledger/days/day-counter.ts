import type { Day } from '../../../domain/kernel/day.ts';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import type { OpenReservations, OwnRecords } from '../own-records.ts';
import {
  type DayRecords,
  dayPrefix,
  listRecords,
  monthPrefix,
  type RecordKey,
} from '../records/listed-records.ts';

/**
 * Amounts of a budget: the images and the cost of a day, and the cost of its month. `Infinity` for no limit.
 */
export interface Amounts {
  pictures: number;
  dayMicroUsd: number;
  monthMicroUsd: number;
}

/** The rest of `limits`; negative if more is used. */
export function leftOf(limits: Amounts, used: Amounts): Amounts {
  return {
    pictures: limits.pictures - used.pictures,
    dayMicroUsd: limits.dayMicroUsd - used.dayMicroUsd,
    monthMicroUsd: limits.monthMicroUsd - used.monthMicroUsd,
  };
}

/** The rest after one more image at that price. */
export function withOneMore(left: Amounts, priceMicroUsd: number): Amounts {
  return leftOf(left, { pictures: 1, dayMicroUsd: priceMicroUsd, monthMicroUsd: priceMicroUsd });
}

/** The rest after one image less at that price. */
export function withOneLess(left: Amounts, priceMicroUsd: number): Amounts {
  return leftOf(left, { pictures: -1, dayMicroUsd: -priceMicroUsd, monthMicroUsd: -priceMicroUsd });
}

export function isExceeded({ pictures, dayMicroUsd, monthMicroUsd }: Amounts): boolean {
  return pictures < 0 || dayMicroUsd < 0 || monthMicroUsd < 0;
}

/** Whether one more image at that price fits. */
export function fits(left: Amounts, priceMicroUsd: number): boolean {
  return !isExceeded(withOneMore(left, priceMicroUsd));
}

/** The result of counting a day, and its month if there is a monthly limit. */
export interface DayCount {
  /** The limits during the count. */
  limits: Amounts;
  left: Amounts;
  /**
   * Images at this price (in millionths of a US dollar) or above can never fit again under these limits,
   * because spent amounts are never returned. `Infinity` if unknown.
   */
  fullFromMicroUsd: number;
  /** Other replicas have just reserved, and may withdraw again. */
  contested: boolean;
  /** The listing is out of date: it lacks a record that was written before it started. */
  isBehind: boolean;
}

/** Whether it is known that no image at that price can ever fit again. */
export function isFull(count: DayCount | undefined, priceMicroUsd: number): boolean {
  return count !== undefined && priceMicroUsd >= count.fullFromMicroUsd;
}

interface DayCounterOptions {
  store: ObjectStore;
  keys: ImageKeys;
  recordsPrefix: string;
  /** Whether there is a monthly limit. */
  hasMonth: boolean;
  openReservations: OpenReservations;
  own: OwnRecords;
}

/** Counts the usage of a day with two listings. */
export class DayCounter {
  readonly #options: DayCounterOptions;

  constructor(options: DayCounterOptions) {
    this.#options = options;
  }

  /** The names of the day's PNGs, which {@link count} needs first. */
  picturesOf(day: Day): Promise<ReadonlySet<string>> {
    return picturesOf(this.#options.store, this.#options.keys, day);
  }

  /**
   * Counts everything written so far. The images are listed before the records, so nothing is missed: an
   * image stored after its listing already has a record. The limits are read in parallel.
   *
   * @param priceMicroUsd price of the requested image, in millionths of a US dollar
   * @param counted.listed the names of the day's PNGs
   * @param counted.written the names of the day's records that were written before the count
   */
  async count(
    day: Day,
    priceMicroUsd: number,
    {
      listed,
      limits,
      written,
    }: {
      listed: Promise<ReadonlySet<string>>;
      limits: Promise<Amounts>;
      written: readonly string[];
    },
  ): Promise<DayCount> {
    const prefix = (this.#options.hasMonth ? monthPrefix : dayPrefix)(
      this.#options.recordsPrefix,
      day,
    );
    const records = listed.then(() =>
      listRecords(this.#options.store, this.#options.recordsPrefix, prefix),
    );
    const [pictures, days, limit] = await Promise.all([listed, records, limits]);
    const isBehind = !showsAll(days.get(day), written);
    this.#options.own.addTo(days, (each) =>
      `${this.#options.recordsPrefix}/${each}`.startsWith(prefix),
    );
    const { lost, contested } = this.#options.openReservations.judge(reservedIn(days));
    const findings: Findings = { day, pictures, days, priceMicroUsd };
    const neverFits = (price: number) => {
      const atThatPrice = { ...findings, priceMicroUsd: price };
      const final = usageOf(atThatPrice, ({ name }) => lost.has(name));
      return !fits(leftOf(limit, final), price);
    };
    return {
      limits: limit,
      left: leftOf(
        limit,
        usageOf(findings, () => true),
      ),
      fullFromMicroUsd: [0, priceMicroUsd].find(neverFits) ?? Number.POSITIVE_INFINITY,
      contested,
      isBehind,
    };
  }
}

function showsAll(day: DayRecords | undefined, written: readonly string[]): boolean {
  // A closed day's records are in its fold.
  return day?.fold !== undefined || written.every((name) => day?.records.has(name));
}

function reservedIn(days: ReadonlyMap<Day, DayRecords>): Set<string> {
  const names = new Set<string>();
  for (const { fold, records } of days.values()) {
    if (fold) continue;
    for (const { name, state } of records.values()) if (state === 'reserved') names.add(name);
  }
  return names;
}

/** The listed images and records. */
interface Findings {
  /** The day to count. */
  day: Day;
  /** The names of the day's PNGs, listed before the records. */
  pictures: ReadonlySet<string>;
  /** The records of the day, or of its month if there is a monthly limit. */
  days: ReadonlyMap<Day, DayRecords>;
  /** The assumed cost of a PNG without a record, in millionths of a US dollar. */
  priceMicroUsd: number;
}

/**
 * The usage of the day and its month: everything settled, and the reservations for which `counts` is
 * true. A folded day counts as infinite, so that nothing more is granted for it.
 */
function usageOf(
  { day, pictures, days, priceMicroUsd }: Findings,
  counts: (reserved: RecordKey) => boolean,
): Amounts {
  const today: DayRecords = days.get(day) ?? { records: new Map(), fold: undefined };
  const names = new Set(pictures);
  for (const record of today.records.values()) if (isUsed(record, counts)) names.add(record.name);
  const unrecorded = priceMicroUsd * [...pictures].filter((name) => !isPaid(today, name)).length;
  let monthMicroUsd = unrecorded;
  for (const each of days.values()) monthMicroUsd += costOf(each, counts);
  return {
    pictures: today.fold ? Number.POSITIVE_INFINITY : names.size,
    dayMicroUsd: unrecorded + costOf(today, counts),
    monthMicroUsd,
  };
}

function costOf({ fold, records }: DayRecords, counts: (reserved: RecordKey) => boolean): number {
  if (fold) return fold.costMicroUsd;
  let cost = 0;
  for (const record of records.values()) if (isUsed(record, counts)) cost += record.costMicroUsd;
  return cost;
}

function isUsed(record: RecordKey, counts: (reserved: RecordKey) => boolean): boolean {
  return record.state === 'reserved' ? counts(record) : record.state !== 'refused';
}

/** Whether the record of an image includes its cost. */
function isPaid({ records }: DayRecords, name: string): boolean {
  const record = records.get(name);
  return record !== undefined && record.state !== 'refused';
}

/** The names of the day's PNGs. Every PNG counts, even one that the service did not write. */
export async function picturesOf(
  store: ObjectStore,
  keys: ImageKeys,
  day: Day,
): Promise<Set<string>> {
  const prefix = keys.dayPrefix(day);
  const names = new Set<string>();
  for await (const { key } of store.list(prefix)) {
    if (key.endsWith('.png')) names.add(key.slice(prefix.length, -'.png'.length));
  }
  return names;
}
