import { setImmediate as turn } from 'node:timers/promises';
import type { ListOptions, ObjectStore } from '../../src/domain/storage/object-store.ts';

/** A store that knows how many of its calls are under way. */
export class CountedStore implements ObjectStore {
  /** Calls so far, by their names. */
  readonly calls = { head: 0, get: 0, put: 0, copy: 0, delete: 0 };
  readonly #store: ObjectStore;
  #underWay = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Resolves once every call has been answered, and those whom the answers woke have run on. */
  async settled(): Promise<void> {
    for (let calm = 0; calm < 2; calm = this.#underWay === 0 ? calm + 1 : 0) await turn();
  }

  head(...args: Parameters<ObjectStore['head']>) {
    return this.#count('head', this.#store.head(...args));
  }
  get(...args: Parameters<ObjectStore['get']>) {
    return this.#count('get', this.#store.get(...args));
  }
  put(...args: Parameters<ObjectStore['put']>) {
    return this.#count('put', this.#store.put(...args));
  }
  copy(...args: Parameters<ObjectStore['copy']>) {
    return this.#count('copy', this.#store.copy(...args));
  }
  delete(...args: Parameters<ObjectStore['delete']>) {
    return this.#count('delete', this.#store.delete(...args));
  }
  deleteIfMatch(...args: Parameters<ObjectStore['deleteIfMatch']>) {
    return this.#count('delete', this.#store.deleteIfMatch(...args));
  }
  list(prefix: string, options?: ListOptions) {
    return this.#store.list(prefix, options);
  }
  close() {
    return this.#store.close();
  }

  async #count<T>(name: keyof CountedStore['calls'], call: Promise<T>): Promise<T> {
    this.calls[name] += 1;
    this.#underWay += 1;
    try {
      return await call;
    } finally {
      this.#underWay -= 1;
    }
  }
}
