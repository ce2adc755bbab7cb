import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresPrograms } from './real-services.ts';

export interface PostgresServerOptions {
  programs: PostgresPrograms;
  /** As in postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
  /** A folder for the tables, such as one of a small disk. */
  data?: string;
  /** A folder for the log of writes (WAL), in small segments. */
  wal?: string;
  /** PEM; without them it knows no TLS. */
  tls?: { cert: string; key: string };
}

/** The service's user. It may not use the connections that the server keeps back for its owner. */
const SERVICE_USER = 'cafe';
const OWNER = 'postgres';
const READY = 'database system is ready to accept';
/** Its memory is not free yet where the server before it was killed a moment ago. */
const STILL_IN_USE = 'pre-existing shared memory block';

const WAITING = "from pg_stat_activity where wait_event_type = 'Lock'";

/** Fast instead of safe: a test may kill the server, but never the machine. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '100',
  shared_buffers: '16MB',
  listen_addresses: '127.0.0.1',
};

/** A PostgreSQL server of its own, on a free port, in a folder that is gone afterwards. */
export class PostgresServer {
  readonly port: number;
  readonly #options: PostgresServerOptions;
  readonly #root: string;
  readonly #data: string;
  readonly #user = unprivileged();
  #process: ChildProcess | undefined;
  #log = '';
  #databases = 0;

  private constructor(options: PostgresServerOptions, root: string, port: number) {
    this.#options = options;
    this.#root = root;
    this.#data = options.data ?? join(root, 'data');
    this.port = port;
  }

  static async start(options: PostgresServerOptions): Promise<PostgresServer> {
    const root = await mkdtemp(join(tmpdir(), 'cafe-postgres-'));
    const server = new PostgresServer(options, root, await freePort());
    await server.#prepare();
    await server.start();
    await server.asOwner(`create role ${SERVICE_USER} login`);
    return server;
  }

  /** The address of a database, for the service's user or another. */
  url(database: string, { user = SERVICE_USER, port = this.port } = {}): string {
    return `postgres://${user}@127.0.0.1:${port}/${database}`;
  }

  /** @returns the name of an empty database */
  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await createDatabase(this.url(OWNER, { user: OWNER }), name);
    return name;
  }

  /** Runs a statement as the server's owner. */
  asOwner<R extends pg.QueryResultRow>(text: string, database: string = OWNER): Promise<R[]> {
    return runOnce<R>(this.url(database, { user: OWNER }), text);
  }

  /** How many connections of the service it has to a database. */
  async connectionsTo(database: string): Promise<number> {
    const [row] = await this.asOwner<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = '${database}' and application_name = 'bytesized-cafe'`,
    );
    return Number(row?.count);
  }

  /** How many connections to a database wait for a lock. */
  async waitingIn(database: string): Promise<number> {
    return (await this.asOwner(`select pid ${WAITING} and datname = '${database}'`)).length;
  }

  /** Ends the connections to a database that wait for a lock. */
  async killWaitingIn(database: string): Promise<void> {
    await this.asOwner(`select pg_terminate_backend(pid) ${WAITING} and datname = '${database}'`);
  }

  /** Starts it again after {@link stop} or {@link kill}; nothing happens if it runs. */
  async start(): Promise<void> {
    while (!this.#isRunning()) {
      const child = this.#spawn('postgres', ['-D', this.#data]);
      this.#process = child;
      if (await this.#isReady(child)) return;
      if (!this.#log.includes(STILL_IN_USE))
        throw new Error(`PostgreSQL did not start:\n${this.#log}`);
    }
  }

  /** Ends all its connections and stops it. */
  stop(): Promise<void> {
    return this.#end('SIGINT');
  }

  /** As if the machine had lost power, except for what its disk has taken. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Makes it a standby of a primary that does not exist. `pg_promote()` ends that. */
  async demote(): Promise<void> {
    await this.stop();
    await this.#write('standby.signal', '');
    await this.start();
  }

  /** Stops it and deletes everything. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#root, { recursive: true, force: true });
  }

  async #prepare(): Promise<void> {
    const wal = this.#options.wal ?? join(this.#root, 'wal');
    await mkdir(this.#data, { recursive: true });
    await mkdir(join(this.#root, 'run'));
    await mkdir(wal, { recursive: true });
    for (const folder of [this.#root, this.#data, join(this.#root, 'run'), wal]) {
      await chmod(folder, 0o700);
      await own(folder, this.#user);
    }
    const child = this.#spawn('initdb', [
      '--pgdata',
      this.#data,
      '--waldir',
      wal,
      '--wal-segsize',
      this.#options.wal ? '1' : '16',
      '--username',
      OWNER,
      '--auth',
      'trust',
      '--encoding',
      'UTF8',
      '--locale',
      'C.UTF-8',
      '--no-sync',
    ]);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`initdb failed:\n${this.#log}`);
    const { tls } = this.#options;
    const certificate = { ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' };
    if (tls) {
      await this.#write(certificate.ssl_cert_file, tls.cert);
      await this.#write(certificate.ssl_key_file, tls.key);
    }
    const settings = {
      ...SETTINGS,
      ...(tls && { ssl: 'on', ...certificate }),
      port: String(this.port),
      unix_socket_directories: join(this.#root, 'run'),
      ...this.#options.settings,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    await this.#write('postgresql.conf', lines.join(''));
  }

  /** Writes a file of the server's folder. */
  async #write(name: string, text: string): Promise<void> {
    const file = join(this.#data, name);
    await writeFile(file, text, { mode: 0o600 });
    await own(file, this.#user);
  }

  async #isReady(child: ChildProcess): Promise<boolean> {
    const ended = once(child, 'exit').then(() => false);
    const ready = new Promise<boolean>((resolve) => {
      child.stderr?.on('data', () => {
        if (this.#log.includes(READY)) resolve(true);
      });
    });
    return Promise.race([ready, ended]);
  }

  #isRunning(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || !this.#isRunning()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  #spawn(program: string, args: string[]): ChildProcess {
    this.#log = '';
    const child = spawn(join(this.#options.programs.bin, program), args, {
      cwd: this.#root,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...this.#user,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log = (this.#log + chunk.toString()).slice(-20_000);
      });
    }
    return child;
  }
}

/** The user to run PostgreSQL and PgBouncer as, which refuse to run as root. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
}

/** Gives a file or folder to the user. */
export async function own(
  path: string,
  { uid, gid }: ReturnType<typeof unprivileged>,
): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/**
 * Creates an empty database for the service's user.
 *
 * @returns its address
 */
export async function createDatabase(ownersUrl: string, name: string): Promise<string> {
  await runOnce(ownersUrl, `create database ${name} owner ${SERVICE_USER}`);
  const url = new URL(ownersUrl);
  url.username = SERVICE_USER;
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs a statement on a connection of its own. */
export async function runOnce<R extends pg.QueryResultRow>(
  url: string,
  text: string,
): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

function idOf(option: string, user: string): number | undefined {
  try {
    return Number(execFileSync('id', [option, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

/** A port of 127.0.0.1 that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
