import { setImmediate as turn } from 'node:timers/promises';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';

/** A store that answers only in {@link stepsOf}: all that is asked at the time takes one step. */
export class SteppedStore extends MemoryImageStore {
  #waiting: (() => void)[] = [];

  constructor() {
    super({ publicBaseUrl: 'https://pictures.example' });
  }

  /** How many steps the work takes: calls that wait for each other count, those beside them do not. */
  async stepsOf(work: Promise<unknown>): Promise<number> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    for (let steps = 0; ; steps += 1) {
      // The second turn is for what the first one's callbacks have asked.
      await turn();
      await turn();
      if (isDone) {
        await done;
        return steps;
      }
      const answers = this.#waiting.splice(0);
      if (answers.length === 0) throw new Error('The work waits for something else');
      for (const answer of answers) answer();
    }
  }

  async #inStep<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return work();
  }

  override get(key: string) {
    return this.#inStep(() => super.get(key));
  }
  override put(...args: Parameters<MemoryImageStore['put']>) {
    return this.#inStep(() => super.put(...args));
  }
  override delete(key: string) {
    return this.#inStep(() => super.delete(key));
  }
  override async *list(prefix: string) {
    yield* await this.#inStep(() => Array.fromAsync(super.list(prefix)));
  }
}
