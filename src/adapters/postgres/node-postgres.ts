import type { Duplex } from 'node:stream';
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { DatabaseDriver } from './database.ts';
import { NOT_CONNECTED, spoilsConnection } from './failures.ts';

export interface ServerOptions {
  /** `postgres://user:password@host:port/database`, with `sslmode` and other parameters. */
  url: string;
  maxConnections: number;
  /** Milliseconds to open a connection, or to wait for a free one. */
  connectTimeoutMs: number;
  /** Milliseconds for a statement. */
  statementTimeoutMs: number;
  /** Called if an idle connection breaks. */
  notice: Notice;
}

const IDLE_MS = 30_000;
/**
 * Maximum age of a connection in seconds, so that soon after a failover all of them lead to the new
 * primary.
 */
const LIFETIME_S = 900;
const BIGINT = 20;

/** Money and counts are safe integers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    id === BIGINT
      ? Number
      : pg.types.getTypeParser(id, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * PostgreSQL 15 or newer on a server. It uses no session state (no prepared statements by name, no
 * session settings, no session locks), so a pooler that assigns connections per transaction may
 * stand in front of it.
 */
export function serverDriver(options: ServerOptions): DatabaseDriver {
  const { url, maxConnections, connectTimeoutMs, statementTimeoutMs, notice } = options;
  const pool = new pg.Pool({
    Client: ServerConnection,
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    // Longer than the server's own limit, which is better because it also cancels the statement.
    query_timeout: statementTimeoutMs + connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_S,
    keepAlive: true,
    application_name: 'bytesized-cafe',
    types,
  });
  pool.on('error', (cause) => notice('a connection to the database broke', { cause }));
  return {
    kind: 'server',
    dialect: new PostgresDialect({ pool }),
    statementTimeoutMs,
    pool: () => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
  };
}

/**
 * A connection that closes after an error that makes it unusable. A pool then opens another one.
 */
export class ServerConnection extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Without a listener, a connection that breaks between two queries of a transaction would end the
    // process. The next query reports it.
    this.on('error', () => {});
  }

  // biome-ignore lint/suspicious/noExplicitAny: overrides two signatures of the driver with one.
  override connect(...[callback]: any[]): any {
    if (callback) return this.#open(callback);
    return new Promise<void>((resolve, reject) => {
      this.#open((error) => (error ? reject(error) : resolve()));
    });
  }

  #open(callback: (error: Error | null) => void): void {
    const answer = (error: Error | null) => {
      // Some of what prevents a connection has no code, such as a server without TLS.
      if (error && !('code' in error)) Object.assign(error, { code: NOT_CONNECTED });
      callback(error);
    };
    try {
      super.connect(answer);
    } catch (error) {
      // A parameter of the address is wrong, such as its port. Without this, the driver's timer would
      // later destroy the stream with an error. It has no listener, so it would end the process.
      this.#stream.destroy();
      answer(error as Error);
    }
  }

  get #stream(): Duplex {
    return (this as unknown as { connection: { stream: Duplex } }).connection.stream;
  }

  // biome-ignore lint/suspicious/noExplicitAny: overrides seven signatures of the driver with one.
  override query(...parts: any[]): any {
    const result: unknown = (super.query as (...all: unknown[]) => unknown)(...parts);
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        if (spoilsConnection(error)) void this.end().catch(() => {});
      });
    }
    return result;
  }
}
