import type pg from 'pg';
import { MIGRATION_NAMES } from './migrate.ts';
import { ServerConnection } from './node-postgres.ts';

export interface ProbeOptions {
  url: string;
  /** Milliseconds to open a connection. */
  connectTimeoutMs: number;
  /** Milliseconds for a query. */
  statementTimeoutMs: number;
}

/** The kind of pooler in front of the server: when it gives a connection to another client. */
export type Pooling = 'none' | 'session' | 'transaction' | 'statement';

/** Whether a connection is encrypted, and whether the server's certificate is checked. */
export type Encryption = 'verified' | 'unverified' | 'none';

export interface Permissions {
  /** Where new tables go; `null` if there is no such schema. */
  schema: string | null;
  canCreate: boolean;
  /** Tables of the service that this user may not read and write. */
  forbidden: string[];
}

export interface Connections {
  /** For users like the service's. */
  max: number;
  /** Of all clients. */
  used: number;
  /** The part of `used` that belongs to this service. */
  own: number;
}

const APPLICATION = 'bytesized-cafe';

/** Pairs of transactions that are compared to find out whether connections are shared. */
const COMPARISONS = 8;

/** Reads facts about a server, and changes nothing. */
export class ServerProbe {
  readonly #options: ProbeOptions;
  #client: Promise<pg.Client> | undefined;
  #pooling: Promise<Pooling> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** @throws the error of the network, of TLS or of the server */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /** Of this program: which migrations there are. */
  get migrations(): readonly string[] {
    return MIGRATION_NAMES;
  }

  get host(): string {
    const { hostname, searchParams } = new URL(this.#options.url);
    return searchParams.get('host') ?? hostname;
  }

  async version(): Promise<{ number: number; text: string; encoding: string }> {
    return this.#first(
      `select current_setting('server_version_num')::int as number,
        current_setting('server_version') as text,
        current_setting('server_encoding') as encoding`,
    );
  }

  /** `isLazy`: it confirms a commit before it has written it. */
  async writing(): Promise<{ isStandby: boolean; isReadOnly: boolean; isLazy: boolean }> {
    return this.#first(
      `select pg_is_in_recovery() as "isStandby",
        current_setting('synchronous_commit') = 'off' as "isLazy",
        current_setting('transaction_read_only')::boolean as "isReadOnly"`,
    );
  }

  async permissions(): Promise<Permissions> {
    return this.#first(
      `select current_schema() as schema,
        coalesce(has_schema_privilege(current_schema(), 'create'), false) as "canCreate",
        array(
          select c.relname::text from pg_class c
          where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
            and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
              and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
          order by c.relname
        ) as forbidden`,
    );
  }

  /** The names of the migrations that have run on the server, also of those that are unknown here. */
  async ranMigrations(): Promise<string[]> {
    const { isThere } = await this.#first<{ isThere: boolean }>(
      `select to_regclass('schema_migrations') is not null as "isThere"`,
    );
    if (!isThere) return [];
    const rows = await this.#rows<{ name: string }>(
      'select name from schema_migrations order by name',
    );
    return rows.map(({ name }) => name);
  }

  /** Milliseconds since the Unix epoch, by the server's clock. */
  async time(): Promise<number> {
    const { time } = await this.#first<{ time: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as time',
    );
    return time;
  }

  async connections(): Promise<Connections> {
    return this.#first(
      `select
        least(
          current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true), '0')::int,
          (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
          (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)
        ) as max,
        count(*) filter (where pid <> pg_backend_pid())::int as used,
        count(*) filter (where pid <> pg_backend_pid() and application_name = '${APPLICATION}'
          and datname = current_database())::int as own
      from pg_stat_activity where backend_type = 'client backend'`,
    );
  }

  async encryption(): Promise<Encryption> {
    // The driver never falls back to a connection without TLS.
    const { ssl } = (await this.#connected()) as { ssl: unknown };
    if (!ssl) return 'none';
    return (ssl as { rejectUnauthorized?: boolean }).rejectUnauthorized === false
      ? 'unverified'
      : 'verified';
  }

  /**
   * Detects a pooler by its behaviour. A server tells each client the number of the process that
   * serves it. A pooler tells another number. Two clients that get the same process, or one client
   * that gets different ones, share the connections of a transaction pooler. A statement pooler
   * refuses transactions.
   */
  pooling(): Promise<Pooling> {
    this.#pooling ??= this.#findPooling();
    return this.#pooling;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  async #findPooling(): Promise<Pooling> {
    const one = await this.#open();
    const other = await this.#open();
    try {
      return await comparePids(one, other);
    } finally {
      await Promise.allSettled([one.end(), other.end()]);
    }
  }

  async #first<T extends object>(text: string): Promise<T> {
    const [row] = await this.#rows<T>(text);
    if (!row) throw new Error('the server returned no row');
    return row;
  }

  /** One query after another, because checks run side by side. */
  #rows<T extends object>(text: string): Promise<T[]> {
    const rows = this.#last.then(async () => {
      const client = await this.#connected();
      return (await client.query<T>(text)).rows;
    });
    // The caller gets the failure; the next query runs anyway.
    this.#last = rows.catch(() => {});
    return rows;
  }

  #connected(): Promise<pg.Client> {
    this.#client ??= this.#open();
    return this.#client;
  }

  async #open(): Promise<pg.Client> {
    const { url, connectTimeoutMs, statementTimeoutMs } = this.#options;
    const client = new ServerConnection({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs,
      application_name: `${APPLICATION} doctor`,
    });
    await client.connect();
    return client;
  }
}

async function comparePids(one: pg.Client, other: pg.Client): Promise<Pooling> {
  const first = await pidOf(one);
  const { processID } = one as unknown as { processID: number | null };
  const isDirect = processID === first;
  for (let round = 0; round < COMPARISONS; round += 1) {
    const before = await pidOf(one);
    try {
      await other.query('begin');
    } catch (error) {
      if (isRefused(error)) return 'statement';
      // A session pooler without another connection lets the second client wait.
      if (!isDirect) return 'session';
      throw error;
    }
    // The other client keeps this process until its transaction ends.
    const kept = await pidOf(other);
    const isShared = kept === before || (await pidOf(one)) !== before;
    await other.query('rollback');
    if (isShared) return 'transaction';
  }
  return isDirect ? 'none' : 'session';
}

/** PgBouncer's response to `begin` with `pool_mode = statement`: a violation of the protocol. */
function isRefused(error: unknown): boolean {
  return (error as { code?: string }).code === '08P01';
}

async function pidOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
