import type { Clock } from '../kernel/clock.ts';
import { DAY_MS } from '../kernel/day.ts';
import type { ImageGenerator } from './image-generator.ts';
import type { ModelMemory } from './model-memory.ts';

interface Deps {
  generator: Pick<ImageGenerator, 'recallModels' | 'lookUpModels'>;
  memory: Pick<ModelMemory, 'finished'>;
  clock: Pick<Clock, 'monotonic'>;
}

/** Keeps the generator informed about announced and past model shutdowns, in the background. */
export class WatchModels {
  readonly #deps: Deps;
  readonly #closing = new AbortController();
  /** Monotonic milliseconds. */
  #lookedUpAt: number | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Loads the findings of an earlier process. */
  async recall(): Promise<void> {
    await this.#deps.generator.recallModels?.();
  }

  /** Looks up the announced shutdown days at most once a day. Resolves when done. */
  lookUp(): Promise<void> {
    const now = this.#deps.clock.monotonic();
    const isDue = this.#lookedUpAt === undefined || now - this.#lookedUpAt >= DAY_MS;
    if (isDue && !this.#closing.signal.aborted) {
      this.#lookedUpAt = now;
      this.#underWay =
        this.#deps.generator.lookUpModels?.(this.#closing.signal) ?? Promise.resolve();
    }
    return this.#underWay;
  }

  /** Aborts a running lookup; resolves when nothing runs and all findings are written. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#underWay;
    await this.#deps.memory.finished();
  }
}
