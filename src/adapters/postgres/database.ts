import { setTimeout as pause } from 'node:timers/promises';
import { type Dialect, Kysely, sql, type Transaction } from 'kysely';
import type { UpstreamWatch } from '../../domain/monitoring/upstream-health.ts';
import { databaseFailure, isRepeatable, isUnavailable } from './failures.ts';
import { type MigrationState, migrate, migrationStates } from './migrate.ts';
import type { Tables } from './tables.ts';

/** Queries, in or outside a transaction. */
export type Queries = Kysely<Tables> | Transaction<Tables>;

/** How often a transaction is tried if it conflicts with another one. */
const TRIES = 5;
/** Milliseconds; grows with each try. */
const PAUSE_MS = 10;

/** In the number format of PostgreSQL's versions. */
const OLDEST = 150_000;

/** PostgreSQL's time limits for a statement, for a wait for a lock, and for an idle transaction. */
const LIMITS = '{statement_timeout,lock_timeout,idle_in_transaction_session_timeout}';

/** The connections of this process to a server. */
export interface PoolUsage {
  inUse: number;
  idle: number;
  /** Queries and transactions that wait for a connection. */
  waiting: number;
}

/** What differs between a server and the embedded database. */
export interface DatabaseDriver {
  readonly kind: 'server' | 'embedded';
  readonly dialect: Dialect;
  /** Milliseconds after which PostgreSQL cancels a statement of a transaction. */
  readonly statementTimeoutMs: number;
  /** Absent for the embedded database, which has one connection. */
  readonly pool?: () => PoolUsage;
}

/**
 * PostgreSQL, on a server or embedded. It connects at the first query.
 *
 * Every method throws `CafeError('database_unavailable')` if the database cannot do its work:
 * unreachable, full, read-only, or too slow. Other errors, such as a violated constraint, are
 * thrown unchanged. If {@link transaction} throws, nothing was committed. There is one exception:
 * if the connection broke during the commit, the result is unknown.
 */
export class Database {
  readonly kind: DatabaseDriver['kind'];
  readonly #kysely: Kysely<Tables>;
  readonly #driver: DatabaseDriver;
  readonly #watch: UpstreamWatch | undefined;

  /** @param watch receives each success and failure */
  constructor(driver: DatabaseDriver, watch?: UpstreamWatch) {
    this.kind = driver.kind;
    this.#driver = driver;
    this.#watch = watch;
    this.#kysely = new Kysely<Tables>({ dialect: driver.dialect });
  }

  /** Runs queries that need no transaction. */
  async run<T>(work: (queries: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      const result = await work(this.#kysely);
      this.#watch?.succeeded();
      return result;
    } catch (error) {
      const failure = databaseFailure(error);
      if (isUnavailable(failure)) this.#watch?.failed('unavailable');
      throw failure;
    }
  }

  /**
   * Runs a transaction at the isolation level READ COMMITTED. It is repeated as a whole if it
   * deadlocks with another, so `work` must change nothing else.
   */
  transaction<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.run(async (kysely) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await kysely
            .transaction()
            .setIsolationLevel('read committed')
            .execute(async (transaction) => {
              await this.#limitStatements(transaction);
              return work(transaction);
            });
        } catch (error) {
          if (tries >= TRIES || !isRepeatable(error)) throw error;
          await pause(PAUSE_MS * tries * (1 + Math.random()));
        }
      }
    });
  }

  /** Reads the state of one moment. `work` writes nothing. */
  snapshot<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.run((kysely) =>
      kysely.transaction().setIsolationLevel('repeatable read').execute(work),
    );
  }

  /**
   * Resolves if the database responds, is new enough, can store every character, and can be written
   * to.
   *
   * @throws Error for a version below 15, or an encoding other than UTF8
   */
  async check(): Promise<void> {
    const { rows } = await this.run((queries) =>
      sql<{ version: number; encoding: string; readonly: boolean }>`
        select current_setting('server_version_num')::int as version,
          current_setting('server_encoding') as encoding,
          pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as readonly
      `.execute(queries),
    );
    const [{ version, encoding, readonly } = { version: 0, encoding: '', readonly: false }] = rows;
    if (version < OLDEST) throw new Error('PostgreSQL 15 or newer is required');
    if (encoding !== 'UTF8')
      throw new Error(`it has the encoding ${encoding}; create it with UTF8`);
    if (readonly) throw readOnly();
  }

  /**
   * Runs the migrations that are missing; see {@link migrate}.
   *
   * @param upTo the last one to run; default: all
   * @returns the names of those that ran
   */
  migrate(upTo?: string): Promise<string[]> {
    return this.run((queries) => migrate(queries, upTo));
  }

  /** Of PostgreSQL, such as `17.5`. */
  async version(): Promise<string> {
    const { rows } = await this.run((queries) =>
      sql<{ version: string }>`select current_setting('server_version') as version`.execute(
        queries,
      ),
    );
    return rows[0]?.version ?? '';
  }

  /** Which migrations have run. */
  migrations(): Promise<MigrationState[]> {
    return this.run((queries) => migrationStates(queries));
  }

  /** The state of the connections; `undefined` for the embedded database. */
  pool(): PoolUsage | undefined {
    return this.#driver.pool?.();
  }

  /** Closes all connections. No query may be running. */
  close(): Promise<void> {
    return this.#kysely.destroy();
  }

  /**
   * Sets limits for this transaction only, because a pooler may give the connection to other
   * clients afterwards. If a process loses its network during a transaction, its locks must end. A
   * reservation must survive a crash of the server, even if the server is configured for faster
   * commits.
   */
  async #limitStatements(transaction: Transaction<Tables>): Promise<void> {
    const timeout = `${this.#driver.statementTimeoutMs}ms`;
    await sql`select set_config(name, ${timeout}, true),
        case when current_setting('synchronous_commit') = 'off'
          then set_config('synchronous_commit', 'on', true) end
      from unnest(${sql.lit(LIMITS)}::text[]) as name`.execute(transaction);
  }
}

function readOnly(): unknown {
  return databaseFailure(Object.assign(new Error('the database is read-only'), { code: '25006' }));
}
