import type {
  GenerationDraft,
  GenerationOutcome,
  GenerationRecord,
} from '../../domain/budget/generation-record.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Day } from '../../domain/kernel/day.ts';
import { datedName } from '../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/stored-objects.ts';
import {
  addRecord,
  type DayRecords,
  MAX_COST_MICRO_USD,
  type RecordKey,
  recordKey,
} from './records/listed-records.ts';

/** Two around midnight, more if the clock jumps. */
const DAYS_KNOWN = 4;

/**
 * The records that this process has written, by day. They are added to every listing, because a listing
 * may lag behind. Shared by all ledgers of a process.
 */
export class OwnRecords {
  readonly #days = new Map<Day, Map<string, RecordKey>>();

  /** Call once the store has confirmed the write. */
  written(record: RecordKey): void {
    const known = this.#days.get(record.day);
    if (known) known.set(record.name, record);
    else this.#days.set(record.day, new Map([[record.name, record]]));
    const [first] = this.#days.keys();
    if (first && this.#days.size > DAYS_KNOWN) this.#days.delete(first);
  }

  /** Call once the store has confirmed the deletion. A listing may still show the record. */
  withdrawn(day: Day, name: string): void {
    this.written({ day, name, state: 'refused', costMicroUsd: 0 });
  }

  /** Adds the records of the days for which `concerns` is true. */
  addTo(days: Map<Day, DayRecords>, concerns: (day: Day) => boolean): void {
    for (const [day, records] of this.#days) {
      if (!concerns(day)) continue;
      const listed = days.get(day) ?? { records: new Map(), fold: undefined };
      days.set(day, listed);
      for (const record of records.values()) addRecord(listed, record);
    }
  }
}

/** Milliseconds within which a replica withdraws its excess reservations. */
const TIE_MS = 1000;
/** Longer than any call takes, including storing. An older reservation is lost and counts as spent. */
export const LOST_MS = 900_000;

/** The state of the unsettled reservations of a count. */
interface Verdict {
  /** Names of reservations whose replica has crashed. */
  lost: ReadonlySet<string>;
  /** Other replicas have just reserved, and may withdraw again. */
  contested: boolean;
}

/**
 * Tracks unsettled reservations: those of this process, and how long those of other replicas have been
 * visible.
 */
export class OpenReservations {
  readonly #own = new Set<string>();
  readonly #clock: Clock;
  #firstSeen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  claim(name: string): void {
    this.#own.add(name);
  }

  release(name: string): void {
    this.#own.delete(name);
  }

  /** @param reserved names of the unsettled reservations of a count */
  judge(reserved: ReadonlySet<string>): Verdict {
    const now = this.#clock.monotonic();
    const others = [...reserved.difference(this.#own)];
    this.#firstSeen = new Map(others.map((name) => [name, this.#firstSeen.get(name) ?? now]));
    const lost = others.filter((name) => this.#ageOf(name, now) >= LOST_MS);
    return {
      lost: new Set(lost),
      contested: others.some((name) => this.#ageOf(name, now) < TIE_MS),
    };
  }

  #ageOf(name: string, now: number): number {
    return now - (this.#firstSeen.get(name) ?? now);
  }
}

/** The stored record of one generation. */
export class RecordFile {
  /** Shared with the generation's image. */
  readonly name: string;
  readonly #store: ObjectStore;
  readonly #recordsPrefix: string;
  readonly #day: Day;
  readonly #reserved: GenerationRecord;
  readonly #own: OwnRecords;

  constructor(
    { store, recordsPrefix, own }: { store: ObjectStore; recordsPrefix: string; own: OwnRecords },
    draft: GenerationDraft,
    nowMs: number,
  ) {
    this.#store = store;
    this.#recordsPrefix = recordsPrefix;
    this.#own = own;
    this.#day = draft.day;
    const { page, country } = draft.subject;
    this.name = datedName(draft.id, country);
    this.#reserved = {
      id: draft.id,
      state: 'reserved',
      reservedAt: new Date(nowMs).toISOString(),
      page: { type: page.type, path: page.path },
      country: country?.code ?? null,
      model: draft.model,
      prompt: draft.prompt,
      costMicroUsd: draft.reservedMicroUsd,
    };
  }

  reserve(): Promise<void> {
    return this.#write(this.#reserved);
  }

  /** Deletes an unused reservation. */
  async withdraw(): Promise<void> {
    await this.#deleteReserved();
    this.#own.withdrawn(this.#day, this.name);
  }

  /** Writes the new version before deleting the old one, so that a record exists at every moment. */
  async settle(outcome: GenerationOutcome, nowMs: number): Promise<void> {
    const settledAt = new Date(nowMs).toISOString();
    const settled = { ...this.#reserved, ...outcome };
    const costMicroUsd =
      outcome.state === 'refused' ? 0 : Math.min(settled.costMicroUsd, MAX_COST_MICRO_USD);
    await this.#write({ ...settled, costMicroUsd, settledAt });
    await this.#deleteReserved();
  }

  #deleteReserved(): Promise<void> {
    return this.#store.delete(this.#keyOf(this.#reserved));
  }

  async #write(record: GenerationRecord): Promise<void> {
    await putJson(this.#store, this.#keyOf(record), record);
    const { state, costMicroUsd } = record;
    this.#own.written({ day: this.#day, name: this.name, state, costMicroUsd });
  }

  #keyOf({ state, costMicroUsd }: GenerationRecord): string {
    return recordKey(this.#recordsPrefix, { day: this.#day, name: this.name, state, costMicroUsd });
  }
}
