import { BackgroundTasks } from '../kernel/background-tasks.ts';
import type { Notice } from '../kernel/notice.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putJson } from '../storage/put-json.ts';

/** Until when a refused model is believed to be gone, in milliseconds since the Unix epoch, by name. */
type Refusals = Readonly<Record<string, number>>;

/** As many names as any chain may have. */
const MAX_NAMES = 100;

/**
 * Keeps over restarts which models a generator's server refused: one small object for all replicas,
 * `{records}/models.json`. It only saves a free request, so nothing waits for it and nothing fails with it.
 */
export class ModelMemory {
  /** Of the object, which need not be there. */
  readonly key: string;
  readonly #store: ObjectStore;
  readonly #server: string;
  readonly #notice: Notice;
  readonly #writing = new BackgroundTasks();

  /** @param deps.server whose models they are: what one server refuses, another may have */
  constructor(deps: { store: ObjectStore; recordsPrefix: string; server: string; notice: Notice }) {
    this.key = `${deps.recordsPrefix}/models.json`;
    this.#store = deps.store;
    this.#server = deps.server;
    this.#notice = deps.notice;
  }

  /** Empty where nothing can be read, too. */
  async recall(): Promise<Refusals> {
    try {
      const object = await this.#store.get(this.key);
      return object ? this.#parse(Buffer.from(object.bytes).toString()) : {};
    } catch (cause) {
      this.#notice('the refused image models could not be read; they are asked again', { cause });
      return {};
    }
  }

  remember(refusals: Refusals): void {
    this.#writing.add(this.#write(refusals));
  }

  /** Resolves when nothing is being written. */
  finished(): Promise<void> {
    return this.#writing.ended();
  }

  async #write(goneUntil: Refusals): Promise<void> {
    try {
      await putJson(this.#store, this.key, { server: this.#server, goneUntil });
    } catch (cause) {
      this.#notice('the refused image models could not be written down', { cause });
    }
  }

  #parse(text: string): Refusals {
    const { server, goneUntil } = JSON.parse(text) as { server?: unknown; goneUntil?: unknown };
    if (server !== this.#server || typeof goneUntil !== 'object' || goneUntil === null) return {};
    const entries = Object.entries(goneUntil as Record<string, unknown>).slice(0, MAX_NAMES);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
    );
  }
}
