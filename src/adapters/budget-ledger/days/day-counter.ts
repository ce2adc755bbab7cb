import type { Day } from '../../../domain/kernel/day.ts';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import type { OwnRecords } from '../own-records.ts';
import { dayPrefix, monthPrefix } from '../records/record-key.ts';
import { type Amounts, fits, leftOf } from './amounts.ts';
import { picturesOf } from './day-images.ts';
import { type DayRecords, listRecords } from './day-records.ts';
import type { OpenReservations } from './open-reservations.ts';
import { type Findings, usageOf } from './usage.ts';

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
