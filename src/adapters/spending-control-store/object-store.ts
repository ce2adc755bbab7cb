import type {
  SpendingControlStore,
  StoredInstructions,
} from '../../domain/budget/spending-control-store.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import { putJson } from '../../domain/storage/stored-objects.ts';

/** The key of the object, which may be absent. */
export function controlKey(recordsPrefix: string): string {
  return `${recordsPrefix}/control.json`;
}

/** Keeps the instructions in one object: `{records}/control.json`. */
export class ObjectStoreSpendingControlStore implements SpendingControlStore {
  readonly place: string;
  readonly #store: ObjectStore;

  constructor({ store, recordsPrefix }: { store: ObjectStore; recordsPrefix: string }) {
    this.#store = store;
    this.place = controlKey(recordsPrefix);
  }

  async read(): Promise<StoredInstructions | undefined> {
    const object = await this.#store.get(this.place);
    return object && { content: parsed(object.bytes), version: object.etag };
  }

  async write(content: object, version: string | undefined): Promise<boolean> {
    const condition = version === undefined ? { ifAbsent: true as const } : { ifMatch: version };
    return (await putJson(this.#store, this.place, content, condition)) !== undefined;
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
