import { sql } from 'kysely';
import { expect, onTestFinished } from 'vitest';
import { Database } from '../../src/adapters/postgres/database.ts';
import { serverDriver } from '../../src/adapters/postgres/node-postgres.ts';

export const UNAVAILABLE = { code: 'database_unavailable' };

/** Short, as these tests wait for them, but not too short for a busy machine. */
const TIMES = { connectTimeoutMs: 3000, statementTimeoutMs: 2000 };
const MAX_CONNECTIONS = 4;

/** A database as the service has it, whose server a test may break. */
export class ServerDatabase {
  readonly database: Database;
  readonly notices: string[] = [];
  readonly #maxConnections: number;

  constructor(url: string, maxConnections: number) {
    this.#maxConnections = maxConnections;
    const notice = (message: string) => this.notices.push(message);
    this.database = new Database(serverDriver({ url, maxConnections, ...TIMES, notice }));
  }

  /** What it says of the server: `ok`, or the code of the error. */
  async state(): Promise<string> {
    return this.database.check().then(
      () => 'ok',
      (error: { code?: string }) => error.code ?? String(error),
    );
  }

  /** Fails unless all connections of the pool can be used at the same time. */
  async useAllConnections(): Promise<void> {
    const all = Promise.withResolvers<void>();
    let open = 0;
    const use = () =>
      this.database.transaction(async (transaction) => {
        await sql`select 1`.execute(transaction);
        open += 1;
        if (open === this.#maxConnections) all.resolve();
        await all.promise;
      });
    await Promise.all(Array.from({ length: this.#maxConnections }, use));
  }

  /**
   * Adds the months in one transaction.
   *
   * @param between called after the first
   */
  addMonths([first = '', ...others]: string[], between = async () => {}): Promise<void> {
    return this.database.transaction(async (transaction) => {
      const add = (month: string) =>
        transaction.insertInto('budget_months').values({ month }).execute();
      await add(first);
      await between();
      for (const month of others) await add(month);
    });
  }

  months(): Promise<string[]> {
    return this.database.run(async (queries) => {
      const rows = await queries.selectFrom('budget_months').select('month').execute();
      return rows.map(({ month }) => month).toSorted();
    });
  }
}

/** Opens a database for one test. */
export function openServerDatabase(
  url: string,
  { maxConnections = MAX_CONNECTIONS } = {},
): ServerDatabase {
  const opened = new ServerDatabase(url, maxConnections);
  onTestFinished(() => opened.database.close());
  return opened;
}

/**
 * Waits until it answers, and fails unless no connection of the pool is lost and it can be written to.
 *
 * @param months all that were added before
 */
export async function expectHealth(opened: ServerDatabase, months: string[] = []): Promise<void> {
  await expect.poll(() => opened.state()).toBe('ok');
  await opened.useAllConnections();
  expect(await opened.months()).toEqual(months);
  const more = ['2030/01', '2030/02'];
  await opened.addMonths(more);
  expect(await opened.months()).toEqual([...months, ...more].toSorted());
}
