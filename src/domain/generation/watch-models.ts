import type { Clock } from '../kernel/clock.ts';
import { DAY_MS } from '../kernel/day.ts';
import type { ImageGenerator } from './image-generator.ts';
import type { ModelMemory } from './model-memory.ts';

interface Deps {
  generator: Pick<ImageGenerator, 'recallModels' | 'lookUpModels'>;
  memory: Pick<ModelMemory, 'finished'>;
  clock: Pick<Clock, 'monotonic'>;
}

/** Keeps the generator informed of which of its models end, and which have. Never on a reader's way. */
export class WatchModels {
  readonly #deps: Deps;
  readonly #closing = new AbortController();
  /** Monotonic. */
  #lookedUpAt: number | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Takes up what an earlier process found out. */
  async recall(): Promise<void> {
    await this.#deps.generator.recallModels?.();
  }

  /** Looks at the announced ends, once a day however often it is called. Resolves when that is done. */
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

  /** Gives a look up; resolves when nothing is under way and all is written down. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#underWay;
    await this.#deps.memory.finished();
  }
}
