import type {
  GenerationDraft,
  GenerationOutcome,
  GenerationRecord,
} from '../../../domain/budget/generation-record.ts';
import type { Day } from '../../../domain/kernel/day.ts';
import { datedName } from '../../../domain/storage/image-keys.ts';
import type { ObjectStore } from '../../../domain/storage/object-store.ts';
import { putJson } from '../../../domain/storage/put-json.ts';
import type { OwnRecords } from '../own-records.ts';
import { MAX_COST_MICRO_USD, recordKey } from './record-key.ts';

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
