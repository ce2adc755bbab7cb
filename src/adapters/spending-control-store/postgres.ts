import { sql } from 'kysely';
import type {
  SpendingControlStore,
  StoredInstructions,
} from '../../domain/budget/spending-control-store.ts';
import type { Database } from '../postgres/database.ts';

/**
 * The version of imported instructions. Each further import lowers it by one. So if the version is
 * 0 or less, the instructions were not changed here.
 */
const ADOPTED = 0;

/** Keeps the instructions in the only row of `spending_control`. */
export class PostgresSpendingControlStore implements SpendingControlStore {
  readonly place = 'the row of spending_control';
  readonly #database: Pick<Database, 'run'>;

  constructor(database: Pick<Database, 'run'>) {
    this.#database = database;
  }

  async read(): Promise<StoredInstructions | undefined> {
    const row = await this.#database.run((queries) =>
      queries.selectFrom('spending_control').select(['state', 'version']).executeTakeFirst(),
    );
    return row && { content: row.state, version: String(row.version) };
  }

  /**
   * Imports the instructions of another store, unless they were changed here.
   *
   * @returns whether they are new
   */
  async adopt(content: object): Promise<boolean> {
    const state = JSON.stringify(content);
    const row = await this.#database.run((queries) =>
      queries
        .insertInto('spending_control')
        .values({ state, version: ADOPTED })
        .onConflict((conflict) =>
          conflict
            .column('one')
            .doUpdateSet({ state, version: sql`spending_control.version - 1` })
            .where('spending_control.version', '<=', ADOPTED)
            .where(sql<boolean>`spending_control.state is distinct from excluded.state`),
        )
        .returning('version')
        .executeTakeFirst(),
    );
    return row !== undefined;
  }

  /** One statement: the row's lock makes a concurrent write see this one's version. */
  async write(content: object, version: string | undefined): Promise<boolean> {
    const state = JSON.stringify(content);
    const row = await this.#database.run((queries) =>
      version === undefined
        ? queries
            .insertInto('spending_control')
            .values({ state, version: 1 })
            .onConflict((conflict) => conflict.column('one').doNothing())
            .returning('version')
            .executeTakeFirst()
        : queries
            .updateTable('spending_control')
            .set({ state, version: sql`greatest(version, ${sql.lit(ADOPTED)}) + 1` })
            .where('version', '=', Number(version))
            .returning('version')
            .executeTakeFirst(),
    );
    return row !== undefined;
  }
}
