import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '../../src/adapters/postgres/database.ts';

/** Knows how many calls of {@link Database.run} there were, and how many are under way. */
export class CountedDatabase {
  calls = 0;
  #underWay = 0;

  /** @param database counts from now on */
  constructor(database: Database) {
    const run = database.run.bind(database);
    database.run = async (work) => {
      this.calls += 1;
      this.#underWay += 1;
      try {
        return await run(work);
      } finally {
        this.#underWay -= 1;
      }
    };
  }

  /** Resolves once every call has been answered, and those whom the answers woke have run on. */
  async settled(): Promise<void> {
    for (let calm = 0; calm < 2; calm = this.#underWay === 0 ? calm + 1 : 0) await turn();
  }
}
