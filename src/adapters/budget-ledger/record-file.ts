import type {
  GenerationDraft,
  GenerationOutcome,
  GenerationRecord,
} from '../../domain/generation.ts';
import type { ObjectStore } from '../../domain/ports/object-store.ts';
import { recordKey } from './record-key.ts';

/** One generation's record in the store. */
export class RecordFile {
  /** Shared with the generation's picture. */
  readonly name: string;
  readonly #store: ObjectStore;
  readonly #prefix: string;
  readonly #reserved: GenerationRecord;

  constructor(
    store: ObjectStore,
    place: { prefix: string; name: string; id: string },
    draft: GenerationDraft,
    nowMs: number,
  ) {
    this.#store = store;
    this.#prefix = place.prefix;
    this.name = place.name;
    this.#reserved = {
      id: place.id,
      state: 'reserved',
      reservedAt: new Date(nowMs).toISOString(),
      page: { type: draft.page.type, path: draft.page.path },
      country: draft.country?.code ?? null,
      model: draft.model,
      prompt: draft.prompt,
      costMicroUsd: draft.reservedMicroUsd,
    };
  }

  reserve(): Promise<void> {
    return this.#write(this.#reserved);
  }

  /** Undoes a reservation of which no use was made. */
  withdraw(): Promise<void> {
    return this.#store.delete(this.#keyOf(this.#reserved));
  }

  /** The new version is written before the old one goes, so there is never a moment without. */
  async settle(outcome: GenerationOutcome, nowMs: number): Promise<void> {
    const settledAt = new Date(nowMs).toISOString();
    const cost = outcome.state === 'refused' ? { costMicroUsd: 0 } : {};
    await this.#write({ ...this.#reserved, ...cost, ...outcome, settledAt });
    await this.withdraw();
  }

  async #write(record: GenerationRecord): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    await this.#store.put(this.#keyOf(record), bytes, { contentType: 'application/json' });
  }

  #keyOf({ state, costMicroUsd }: GenerationRecord): string {
    return recordKey(this.#prefix, { name: this.name, state, costMicroUsd });
  }
}
