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

/** What a count has found of a day, and of its month where that has a limit. */
export interface DayCount {
  /** Those that it was counted with. */
  limits: Amounts;
  left: Amounts;
  /**
   * From this price on, in millionths of a US dollar, no picture will ever fit again under the limits
   * that were counted with: what is decided is never given back. `Infinity` where that is not known.
   */
  fullFromMicroUsd: number;
  /** Other replicas are after what is left, and may withdraw. */
  contested: boolean;
  /** The listing does not show a record that was written before it began. */
  isBehind: boolean;
}

/** Whether no picture at that price will ever fit again, as far as is known. */
export function isFull(count: DayCount | undefined, priceMicroUsd: number): boolean {
  return count !== undefined && priceMicroUsd >= count.fullFromMicroUsd;
}

/** Counts what days have used, in two listings. */
export class DayCounter {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #recordsPrefix: string;
  readonly #hasMonth: boolean;
  readonly #openReservations: OpenReservations;
  readonly #own: OwnRecords;

  constructor(options: {
    store: ObjectStore;
    keys: ImageKeys;
    recordsPrefix: string;
    /** Whether there is a limit of the month. */
    hasMonth: boolean;
    openReservations: OpenReservations;
    own: OwnRecords;
  }) {
    this.#store = options.store;
    this.#keys = options.keys;
    this.#recordsPrefix = options.recordsPrefix;
    this.#hasMonth = options.hasMonth;
    this.#openReservations = options.openReservations;
    this.#own = options.own;
  }

  /** What {@link count} wants first: the names of the day's PNGs. */
  picturesOf(day: Day): Promise<ReadonlySet<string>> {
    return picturesOf(this.#store, this.#keys, day);
  }

  /**
   * Counts the day with all that is written so far. The pictures come first and the records after them, so
   * nothing slips through: a picture that was not there when they were listed has a record that is. The
   * limits are read beside the records, which costs no time of its own.
   *
   * @param priceMicroUsd of the call that asks, in millionths of a US dollar
   * @param counted.listed the names of the day's PNGs
   * @param counted.limits those that hold while it is counted
   * @param counted.written the names of records of the day that were written before
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
    const prefix = (this.#hasMonth ? monthPrefix : dayPrefix)(this.#recordsPrefix, day);
    const records = listed.then(() => listRecords(this.#store, this.#recordsPrefix, prefix));
    const [pictures, days, limit] = await Promise.all([listed, records, limits]);
    const isBehind = !showsAll(days.get(day), written);
    this.#own.addTo(days, (each) => `${this.#recordsPrefix}/${each}`.startsWith(prefix));
    const { lost, contested } = this.#openReservations.judge(reservedIn(days));
    const findings: Findings = { day, pictures, days, priceMicroUsd };
    const neverAgain = (price: number) => {
      const atThatPrice = { ...findings, priceMicroUsd: price };
      const decided = usageOf(atThatPrice, ({ name }) => lost.has(name));
      return !fits(leftOf(limit, decided), price);
    };
    return {
      limits: limit,
      left: leftOf(
        limit,
        usageOf(findings, () => true),
      ),
      fullFromMicroUsd: [0, priceMicroUsd].find(neverAgain) ?? Number.POSITIVE_INFINITY,
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
