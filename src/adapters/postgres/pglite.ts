import { once } from 'node:events';
import { access, chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PGliteDialect } from 'kysely';
import type { DatabaseDriver } from './database.ts';

/** The data with which the thread is started. */
export interface ThreadData {
  /** Absent for a database in memory. */
  folder: string | undefined;
  /** A file written from {@link PgliteThread.dump}, to start from. The folder must be empty. */
  template: string | undefined;
}

/** A call to the thread. */
export interface Call {
  id: number;
  name: 'query' | 'exec' | 'dump' | 'close';
  parts: [text?: string, values?: unknown[]];
}

/** The response to a call. Number 0 means that the database is open. */
export interface Reply {
  id: number;
  value?: { rows?: unknown[]; affectedRows?: number | undefined; dump?: Uint8Array };
  error?: Record<string, string | undefined>;
}

type Value = NonNullable<Reply['value']>;

/** Omits the names and types of the fields, because no code reads them. */
interface Result<R> {
  rows: R[];
  affectedRows: number;
  fields: [];
}

const THREAD = new URL('./pglite-thread.ts', import.meta.url);

/**
 * PostgreSQL in a worker thread of this process, in the form that the query builder expects of
 * PGlite. There is one connection. Calls run one after another. While a transaction runs, all other
 * calls wait.
 */
export class PgliteThread {
  readonly ready = true;
  readonly waitReady = Promise.resolve();
  closed = false;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Value>>();
  #calls = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#take(reply));
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(new Error('it ended')));
    // This thread must not keep the process alive.
    worker.unref();
  }

  static async open(data: ThreadData): Promise<PgliteThread> {
    const worker = new Worker(THREAD, { workerData: data });
    await once(worker, 'message');
    return new PgliteThread(worker);
  }

  query<R>(text: string, values?: unknown[]): Promise<Result<R>> {
    return this.#inTurn(() => this.#query<R>(text, values));
  }

  transaction<T>(
    work: (transaction: { query: PgliteThread['query']; rollback(): Promise<void> }) => Promise<T>,
  ): Promise<T> {
    return this.#inTurn(async () => {
      await this.#call('exec', 'begin');
      try {
        const result = await work({
          query: (text, values) => this.#query(text, values),
          rollback: async () => {
            await this.#call('exec', 'rollback');
          },
        });
        await this.#call('exec', 'commit');
        return result;
      } catch (error) {
        await this.#call('exec', 'rollback');
        throw error;
      }
    });
  }

  /** All data, as a compressed archive from which another embedded database can start. */
  async dump(): Promise<Uint8Array> {
    const { dump } = await this.#inTurn(() => this.#call('dump'));
    if (!dump) throw new Error('the database gave no dump');
    return dump;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.#inTurn(() => this.#call('close'));
    await this.#worker.terminate();
  }

  async #query<R>(text: string, values: unknown[] = []): Promise<Result<R>> {
    const { rows = [], affectedRows = 0 } = await this.#call('query', text, [...values]);
    return { rows: rows as R[], affectedRows, fields: [] };
  }

  #call(name: Call['name'], ...parts: Call['parts']): Promise<Value> {
    const answer = Promise.withResolvers<Value>();
    this.#calls += 1;
    this.#waiting.set(this.#calls, answer);
    this.#worker.ref();
    this.#worker.postMessage({ id: this.#calls, name, parts } satisfies Call);
    return answer.promise;
  }

  #take({ id, value, error }: Reply): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (error) answer?.reject(Object.assign(new Error(error.message), error));
    else answer?.resolve(value ?? {});
  }

  #end(cause: Error): void {
    this.closed = true;
    const failure = Object.assign(new Error('the thread of the database ended', { cause }), {
      code: 'XX000',
    });
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    // The caller gets the failure; the next call runs anyway.
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** Milliseconds for a statement. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** The embedded database of a thread that is started at the first query. */
export function threadDriver(open: () => Promise<PgliteThread>): DatabaseDriver {
  return {
    kind: 'embedded',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    dialect: new PGliteDialect({ pglite: open }),
  };
}

/**
 * Opens the embedded database in a folder, which must be locked, or in memory. If the database in
 * the folder is incomplete, for example after a crash during the first start, the folder is emptied
 * and filled again.
 *
 * @param template the file of an empty database, because loading is faster than creating; may be
 * missing
 */
export async function openThread(
  folder: string | undefined,
  template?: string,
): Promise<PgliteThread> {
  const isThere = folder !== undefined && (await haveFiles(folder, DATABASE_FILES));
  if (folder !== undefined && !isThere) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const isUsed = !isThere && template !== undefined && (await haveFiles('', [template]));
  const thread = await PgliteThread.open({ folder, template: isUsed ? template : undefined });
  // The database makes its files readable for everyone.
  if (folder !== undefined) await chmod(folder, 0o700);
  return thread;
}

const DATABASE_FILES = ['PG_VERSION', 'global/pg_control'];

async function haveFiles(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.allSettled(names.map((name) => access(join(folder, name))));
  return found.every(({ status }) => status === 'fulfilled');
}
