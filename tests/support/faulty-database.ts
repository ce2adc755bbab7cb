import { CafeError } from '../../src/domain/kernel/errors.ts';
import type { SqlDatabase } from './open-budget.ts';

type Fault =
  /** No connection. */
  | 'away'
  /** The answer to the commit is lost, and it took effect. */
  | 'committed'
  /** The answer to the commit is lost, and it took no effect. */
  | 'lost';

/** A database between which and the ledger the network fails. */
export class FaultyDatabase implements SqlDatabase {
  fault: Fault | undefined;
  #held: Promise<void> = Promise.resolve();
  readonly #inner: SqlDatabase;

  constructor(inner: SqlDatabase) {
    this.#inner = inner;
  }

  /** Lets calls from now on wait, until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  async run<T>(work: Parameters<SqlDatabase['run']>[0]): Promise<T> {
    await this.#held;
    if (this.fault === 'away') throw unavailable();
    const result = await this.#inner.run(work);
    if (this.fault) throw unavailable();
    return result as T;
  }

  async transaction<T>(work: Parameters<SqlDatabase['transaction']>[0]): Promise<T> {
    await this.#held;
    if (this.fault === 'away') throw unavailable();
    const result = await this.#inner.transaction(async (transaction) => {
      const done = await work(transaction);
      if (this.fault === 'lost') throw unavailable();
      return done;
    });
    if (this.fault) throw unavailable();
    return result as T;
  }
}

function unavailable(): CafeError {
  return new CafeError('database_unavailable', 'The database is unavailable. Try again soon.');
}
