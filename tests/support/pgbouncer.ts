import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, own, unprivileged } from './postgres-server.ts';

const READY = 'process up';

/** For how long a client keeps a connection to the server. */
export type PoolMode = 'session' | 'transaction' | 'statement';

/**
 * PgBouncer in front of a server on 127.0.0.1. Unless told otherwise, it gives a connection to a client for one
 * transaction, and another one for the next.
 */
export class PgBouncer {
  readonly port: number;
  readonly #root: string;
  readonly #process: ChildProcess;

  private constructor(port: number, root: string, child: ChildProcess) {
    this.port = port;
    this.#root = root;
    this.#process = child;
  }

  /**
   * @param program its path
   * @param poolSize connections to the server
   */
  static async start(
    program: string,
    options: { serverPort: number; poolSize: number; mode?: PoolMode },
  ): Promise<PgBouncer> {
    const { serverPort, poolSize, mode = 'transaction' } = options;
    const root = await mkdtemp(join(tmpdir(), 'cafe-pgbouncer-'));
    const port = await freePort();
    const user = unprivileged();
    await chmod(root, 0o700);
    await own(root, user);
    const users = join(root, 'users.txt');
    await writeFile(users, '"cafe" ""\n');
    const config = join(root, 'pgbouncer.ini');
    await writeFile(
      config,
      `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${poolSize}
server_round_robin = 1
server_login_retry = 1
`,
    );
    const child = spawn(program, [config], { stdio: ['ignore', 'ignore', 'pipe'], ...user });
    await isReady(child);
    return new PgBouncer(port, root, child);
  }

  async remove(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    await rm(this.#root, { recursive: true });
  }
}

async function isReady(child: ChildProcess): Promise<void> {
  let log = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(READY)) resolve();
    });
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`PgBouncer did not start:\n${log}`);
  });
  await Promise.race([ready, ended]);
  ended.catch(() => {});
}
