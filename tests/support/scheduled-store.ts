import type fc from 'fast-check';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';

/** A store whose calls take effect, and are answered, in whatever order the scheduler likes. */
export class ScheduledStore extends MemoryImageStore {
  readonly #scheduler: fc.Scheduler;

  constructor(scheduler: fc.Scheduler) {
    super({ publicBaseUrl: 'https://pictures.example' });
    this.#scheduler = scheduler;
  }

  async #atSomeTime<T>(work: () => Promise<T>): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve());
    const result = await work();
    await this.#scheduler.schedule(Promise.resolve());
    return result;
  }

  override get(key: string) {
    return this.#atSomeTime(() => super.get(key));
  }
  override put(...args: Parameters<MemoryImageStore['put']>) {
    return this.#atSomeTime(() => super.put(...args));
  }
  override delete(key: string) {
    return this.#atSomeTime(() => super.delete(key));
  }
  override async *list(prefix: string) {
    // One page: a listing shows the store as it is at one moment.
    yield* await this.#atSomeTime(() => Array.fromAsync(super.list(prefix)));
  }
}
