import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../scripts/free-port.ts';
import { expectNoCanary } from './canaries.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const START_MS = 120_000;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Service {
  /** Without a slash at the end. */
  url: string;
  pid: number;
  /** What it wrote so far, to either stream. */
  output(): string;
  /** Stops reading it, as a pipe's reader does that has seen enough. */
  closeOutput(): void;
  /** Sends a signal and waits for nothing: SIGSTOP lets it stand still, SIGCONT go on. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal, if it still runs, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Runs the service in a process of its own until it ends by itself. */
export async function runService(env: Record<string, string>): Promise<Exit & { output: string }> {
  const { child, output } = launch(env);
  const [code, signal] = await once(child, 'close');
  expectNoCanary(output());
  return { code, signal, output: output() };
}

/**
 * Starts the service in a process of its own on a free port, with nothing but this environment, and
 * waits until it answers.
 *
 * @param options.mostOpenFiles files and connections that it may have open at once; Linux only
 */
export async function startService(
  env: Record<string, string> = {},
  options: { mostOpenFiles?: number } = {},
): Promise<Service> {
  const PORT = env.PORT ?? String(await freePort());
  const url = `http://localhost:${PORT}`;
  const { child, output } = launch({ ...env, PORT }, options);
  const closed = once(child, 'close');
  for (const end = Date.now() + START_MS; !(await isUp(url)); await wait(25)) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`the service did not start:\n${output()}`);
    }
  }
  if (child.pid === undefined) throw new Error('the service has no process');
  return {
    url,
    pid: child.pid,
    output,
    closeOutput() {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    signal(signal) {
      child.kill(signal);
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, endedBy] = await closed;
      expectNoCanary(output());
      return { code, signal: endedBy };
    },
  };
}

function launch(
  env: Record<string, string>,
  { mostOpenFiles: most }: { mostOpenFiles?: number } = {},
): { child: ChildProcess; output: () => string } {
  const limited = most === undefined ? [] : ['prlimit', `--nofile=${most}:${most}`];
  const [command = process.execPath, ...args] = [...limited, process.execPath, 'src/app/start.mjs'];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output };
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
