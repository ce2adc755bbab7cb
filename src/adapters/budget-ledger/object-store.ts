import { randomUUID } from 'node:crypto';
import { type Day, dayAt } from '../../domain/day.ts';
import type {
  GenerationDraft,
  GenerationOutcome,
  GenerationRecord,
} from '../../domain/generation.ts';
import { datedName, type ImageKeys } from '../../domain/image-key.ts';
import type { BudgetLedger, Reservation } from '../../domain/ports/budget-ledger.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { ObjectStore } from '../../domain/ports/object-store.ts';
import { parseRecordKey, recordKey, recordPrefix } from './record-key.ts';

interface Waiter {
  draft: GenerationDraft;
  resolve(reservation: Reservation | undefined): void;
  reject(error: unknown): void;
}

/**
 * Keeps the daily budget as records beside the pictures, in the same store.
 *
 * Within a process the calls are served in batches: one count of the day, then as many records as
 * there are units left, and the next batch counts only when these are written. So the count is exact
 * for the process, and for all that came before it.
 */
export class ObjectStoreBudgetLedger implements BudgetLedger {
  readonly #store: ObjectStore;
  readonly #keys: ImageKeys;
  readonly #recordsPrefix: string;
  readonly #dailyLimit: number;
  readonly #clock: Clock;
  readonly #waiting: Waiter[] = [];
  #serving = false;
  /** A day whose spent units alone fill it; they are never given back, so it stays full. */
  #fullDay: Day | undefined;

  constructor(options: {
    store: ObjectStore;
    keys: ImageKeys;
    /** Outside the public prefix, without slashes at its ends. */
    recordsPrefix: string;
    /** Pictures per UTC day. */
    dailyLimit: number;
    clock: Clock;
  }) {
    this.#store = options.store;
    this.#keys = options.keys;
    this.#recordsPrefix = options.recordsPrefix;
    this.#dailyLimit = options.dailyLimit;
    this.#clock = options.clock;
  }

  reserve(draft: GenerationDraft): Promise<Reservation | undefined> {
    if (this.#dailyLimit === 0) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject });
      if (!this.#serving) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    while (this.#waiting.length > 0) await this.#serveBatch(this.#waiting.splice(0));
    this.#serving = false;
  }

  async #serveBatch(batch: Waiter[]): Promise<void> {
    try {
      const day = dayAt(this.#clock.now());
      const left = await this.#unitsLeft(day);
      for (const waiter of batch.slice(left)) waiter.resolve(undefined);
      await Promise.all(
        batch
          .slice(0, left)
          .map((waiter) => this.#write(day, waiter.draft).then(waiter.resolve, waiter.reject)),
      );
    } catch (error) {
      for (const waiter of batch) waiter.reject(error);
    }
  }

  async #unitsLeft(day: Day): Promise<number> {
    if (this.#fullDay === day) return 0;
    const prefix = recordPrefix(this.#recordsPrefix, day);
    const used = await this.#picturesOf(day);
    const reserved = new Set<string>();
    const refused = new Set<string>();
    for await (const { key } of this.#store.list(prefix)) {
      const record = parseRecordKey(prefix, key);
      if (!record) continue;
      if (record.state === 'refused') refused.add(record.name);
      else if (record.state === 'reserved') reserved.add(record.name);
      else used.add(record.name);
    }
    if (used.size >= this.#dailyLimit) this.#fullDay = day;
    // A settled record's first version may still be there: it goes after the second is written.
    for (const name of reserved) if (!refused.has(name)) used.add(name);
    return Math.max(0, this.#dailyLimit - used.size);
  }

  /** Every PNG under the day counts, whoever put it there and whatever its name. */
  async #picturesOf(day: Day): Promise<Set<string>> {
    const prefix = this.#keys.dayPrefix(day);
    const names = new Set<string>();
    for await (const { key } of this.#store.list(prefix)) {
      if (key.endsWith('.png')) names.add(key.slice(prefix.length, -'.png'.length));
    }
    return names;
  }

  async #write(day: Day, draft: GenerationDraft): Promise<Reservation> {
    const id = randomUUID();
    const record: GenerationRecord = {
      id,
      state: 'reserved',
      reservedAt: new Date(this.#clock.now()).toISOString(),
      page: { type: draft.page.type, path: draft.page.path },
      country: draft.country?.code ?? null,
      model: draft.model,
      prompt: draft.prompt,
      costMicroUsd: draft.reservedMicroUsd,
    };
    const file = new RecordFile(
      this.#store,
      recordPrefix(this.#recordsPrefix, day),
      datedName(id, draft.country),
    );
    await file.write(record);
    let settled = false;
    const settle = async (outcome: GenerationOutcome): Promise<void> => {
      if (settled) return;
      settled = true;
      const settledAt = new Date(this.#clock.now()).toISOString();
      const cost = outcome.state === 'refused' ? { costMicroUsd: 0 } : {};
      await file.replace(record, { ...record, ...cost, ...outcome, settledAt });
    };
    return { id, day, settle };
  }
}

/** One generation's record in the store. */
class RecordFile {
  readonly #store: ObjectStore;
  readonly #prefix: string;
  readonly #name: string;

  constructor(store: ObjectStore, prefix: string, name: string) {
    this.#store = store;
    this.#prefix = prefix;
    this.#name = name;
  }

  async write(record: GenerationRecord): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    await this.#store.put(this.#keyOf(record), bytes, { contentType: 'application/json' });
  }

  /** The new version is written before the old one goes, so there is never a moment without. */
  async replace(old: GenerationRecord, record: GenerationRecord): Promise<void> {
    await this.write(record);
    await this.#store.delete(this.#keyOf(old));
  }

  #keyOf({ state, costMicroUsd }: GenerationRecord): string {
    return recordKey(this.#prefix, { name: this.#name, state, costMicroUsd });
  }
}
