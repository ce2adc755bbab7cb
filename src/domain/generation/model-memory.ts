import { BackgroundTasks } from '../kernel/concurrency.ts';
import type { Notice } from '../kernel/notice.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putJson } from '../storage/stored-objects.ts';

/**
 * Until when a refused model counts as unavailable, in milliseconds since the Unix epoch, by name.
 */
type Refusals = Readonly<Record<string, number>>;

/** As many names as any model chain may have. */
const MAX_NAMES = 100;

interface Deps {
  store: ObjectStore;
  recordsPrefix: string;
  server: string;
  notice: Notice;
}

/**
 * Keeps refused models across restarts, in one small object for all replicas:
 * `{records}/models.json`. It only saves a request that costs nothing. So no work waits for it, and
 * its failures have no effect.
 */
export class ModelMemory {
  readonly #deps: Deps;
  /** The key of the object, which may be absent. */
  readonly key: string;
  readonly #writing = new BackgroundTasks();

  /**
   * @param deps.server the provider of the models; another provider may accept a model that this
   * one refuses
   */
  constructor(deps: Deps) {
    this.#deps = deps;
    this.key = `${deps.recordsPrefix}/models.json`;
  }

  /** Also empty if reading fails. */
  async recall(): Promise<Refusals> {
    try {
      const object = await this.#deps.store.get(this.key);
      return object ? this.#parse(Buffer.from(object.bytes).toString()) : {};
    } catch (cause) {
      this.#deps.notice(
        'the list of refused image models could not be read; they are tried again',
        {
          cause,
        },
      );
      return {};
    }
  }

  remember(refusals: Refusals): void {
    this.#writing.add(this.#write(refusals));
  }

  /** Resolves when no write is in progress. */
  finished(): Promise<void> {
    return this.#writing.ended();
  }

  async #write(goneUntil: Refusals): Promise<void> {
    try {
      await putJson(this.#deps.store, this.key, { server: this.#deps.server, goneUntil });
    } catch (cause) {
      this.#deps.notice('the list of refused image models could not be saved', { cause });
    }
  }

  #parse(text: string): Refusals {
    const { server, goneUntil } = JSON.parse(text) as { server?: unknown; goneUntil?: unknown };
    if (server !== this.#deps.server || typeof goneUntil !== 'object' || goneUntil === null)
      return {};
    const entries = Object.entries(goneUntil as Record<string, unknown>).slice(0, MAX_NAMES);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
    );
  }
}
